// For the event On Load of the form of order lines, quote lines or products: hands the form to the web resource that shows availability.
// "Pass execution context as first parameter" is to be on; a further parameter may name the control.
"use strict";

var Tandem = window.Tandem || {};

Tandem.onOrderLineLoad = async function (executionContext, controlName) {
  const formContext = executionContext.getFormContext();
  const control = formContext.getControl(controlName || "WebResource_tandem_availability");
  if (!control) return;
  const page = await control.getContentWindow();
  const hand = () => page.setClientApiContext(window.Xrm, formContext);
  if (page.setClientApiContext) hand();
  else page.addEventListener("load", hand, { once: true });
};

window.Tandem = Tandem;
