"""The refusals of business rules: error code and text of each.

Codes and texts: Microsoft docs, org-service/web-service-error-codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from local.simulators.dataverse.errors import Refused


@dataclass(frozen=True, slots=True)
class Fault:
    """One documented error; ``refused`` makes the answer of it, ``{}`` in the text filled."""

    code: str
    text: str
    status: int = 400

    def refused(self, *parts: str) -> Refused:
        return Refused(self.status, self.code, self.text.format(*parts))


IS_ASSOCIATED: Final = Fault(
    "0x80040227",
    "The object you tried to delete is associated with another object and cannot be deleted.",
    405,
)
IS_INACTIVE: Final = Fault("0x80040230", "The object cannot be updated because it is inactive.")
NOT_DELETABLE: Final = Fault("0x80040228", "The object cannot be deleted because it is read-only.")
WRONG_STATE: Final = Fault("0x80040233", "The object is not in a valid state to perform this operation.")
STATUS_OF_OTHER_STATE: Final = Fault(
    "0x80048408",
    "State code is invalid or state code is valid but status code is invalid for a specified state code.",
)
DUPLICATE: Final = Fault("0x80040237", "Operation failed due to a SQL integrity violation.", 412)
CUSTOMER_INACTIVE: Final = Fault(
    "0x80040517", "An inactive customer cannot be set as the parent of an object."
)
ADDRESS_TYPE: Final = Fault("0x80040514", "Invalid customer address type.")

CURRENCY_MISSING: Final = Fault("0x80048CFB", "The currency cannot be null.")
CURRENCIES_DIFFER: Final = Fault(
    "0x80048CEA", "The currency of the {} does not match the currency of the {}."
)
PRICE_LIST_CURRENCY: Final = Fault(
    "0x80048CF6", "The currency of the record does not match the currency of the price list."
)
BASE_AMOUNT_TOO_LARGE: Final = Fault(
    "0x80048CEC",
    "The exchange rate set for the currency specified in this record has generated a value for {} that is "
    "larger than the maximum allowed for the base currency ({}).",
)
BASE_AMOUNT_TOO_SMALL: Final = Fault(
    "0x80048CEB",
    "The exchange rate set for the currency specified in this record has generated a value for {} that is "
    "smaller than the minimum allowed for the base currency ({}).",
)
PERCENTAGE_CURRENCY: Final = Fault(
    "0x80048CF9",
    "The currency of the price list needs to match the currency of the product for pricing method "
    "percentage.",
)
DISCOUNT_CURRENCY: Final = Fault(
    "0x80048CF8",
    "The currency of the discount needs to match the currency of the price list for discount type amount.",
)
PRODUCT_CURRENCY_FIXED: Final = Fault(
    "0x80048CFA",
    "The currency of the product cannot be updated because there are associated price list items with "
    "pricing method percentage.",
)

BASE_UNIT_NAME_MISSING: Final = Fault("0x80043810", "baseuomname not specified")
BASE_UNIT_NOT_DELETABLE: Final = Fault("0x80043B03", "The base unit of a schedule cannot be deleted.")
BASE_UNIT_HAS_NO_BASE: Final = Fault(
    "0x80043B17",
    "Do not use a base unit as the value for a primary unit. This value should always be null.",
)
BASE_UNIT_QUANTITY: Final = Fault(
    "0x80043B18", "Do not modify the Quantity field when you update the primary unit."
)
UNIT_NOT_IN_GROUP: Final = Fault("0x80043B16", "The unit does not exist in the specified unit schedule.")
UNIT_MISSING: Final = Fault("0x80043B0D", "The unit id is missing.")

PRODUCT_NUMBER_MISSING: Final = Fault("0x80043B05", "The product number can not be null.")
PRODUCT_NUMBER_EXISTS: Final = Fault(
    "0x80043B06",
    "The specified product ID conflicts with the product ID of an existing record. Specify a different "
    "product ID and try again.",
)
PRODUCT_UNIT_GROUP_MISSING: Final = Fault("0x80043B13", "The unit schedule id of the product is missing.")
PRODUCT_MISSING: Final = Fault("0x80043B11", "The product id is missing.")
PRODUCT_PARENT_NO_FAMILY: Final = Fault("0x8004F973", "Only Product Families can be parents to products.")
PRODUCT_ONLY_IN_DRAFT: Final = Fault(
    "0x8004F995", "Product, product family and bundle can only be updated in draft state."
)
PRODUCT_NOT_PUBLISHABLE: Final = Fault(
    "0x8004F90A",
    "The specified ProductFamily, Product or Bundle can only be published from Draft state or ActiveDraft "
    "status",
)
PRODUCT_IN_USE: Final = Fault(
    "0x8004F915",
    "You can't retire this product because it belongs to active bundles or price lists. Remove it from any "
    "bundles or price lists before you retire it.",
)
PRODUCT_CHILDREN_NOT_RETIRED: Final = Fault(
    "0x8004F910",
    "You can't retire this product family because one or more of its child records aren't retired.",
)
PRODUCT_ACTIVE_TO_DRAFT: Final = Fault("0x8004F912", "You can't set a published product to the draft state.")
PRODUCT_DRAFT_TO_REVISED: Final = Fault("0x8004F913", "You can't revise a draft or a retired product.")
PRODUCT_RETIRED_TO_ACTIVE: Final = Fault("0x8004F977", "You can't set a retired property to an active state.")
PRODUCT_DRAFT_TO_RETIRED: Final = Fault("0x8004F978", "You can't retire a product that's in the draft state.")
PRODUCT_RETIRED_TO_DRAFT: Final = Fault(
    "0x8004F979", "It is not possible to move product from Retired to Draft State."
)
PRODUCT_RETIRED_ALREADY: Final = Fault("0x8004F980", "Product is already in Retired State.")
PRODUCT_DRAFT_ALREADY: Final = Fault("0x8004F981", "Product is already in Draft State.")
PRODUCT_ACTIVE_ALREADY: Final = Fault("0x8004F982", "Product is already in Active State.")
PRODUCT_NOT_TO_DRAFT: Final = Fault(
    "0x80061035", "You can't set a published or retired product record to the draft state."
)
PRODUCT_NOT_ACTIVE: Final = Fault("0x8004F883", "You can only revise an active product.")
QUANTITY_DECIMALS: Final = Fault("0x80043B07", "The number of decimal places on the quantity is invalid.")

PRICE_LIST_NAME_MISSING: Final = Fault("0x80043B0E", "The name can not be null.")
PRICE_LIST_NAME_EXISTS: Final = Fault("0x80043B0F", "The name already exists.")
PRICE_LIST_IS_DEFAULT: Final = Fault(
    "0x80043B04",
    "The price level cannot be deactivated because it is the default price level of an account, contact or "
    "product.",
)
PRICE_LIST_MISSING: Final = Fault("0x80043B12", "The price level id is missing.")
PRICE_EXISTS: Final = Fault(
    "0x80043B08", "This product and unit combination has a price for this price list."
)
PRICE_PERCENTAGE: Final = Fault(
    "0x80043B0C", "The pricing percentage must be greater than or equal to zero and less than 100000."
)
PRICE_OF_RETIRED_PRODUCT: Final = Fault("0x80061009", "Retired products can not be added to pricelists.")
PRICE_OF_FAMILY: Final = Fault("0x8004F902", "You can't add a product family to a pricelist.")

DISCOUNT_BOTH: Final = Fault("0x80043B1F", "Both 'amount' and 'percentage' cannot be set.")
DISCOUNT_NO_PERCENTAGE: Final = Fault(
    "0x80043B20", "The discount type does not support 'percentage' discounts."
)
DISCOUNT_NO_AMOUNT: Final = Fault("0x80043B21", "The discount type does not support 'amount' discounts.")
DISCOUNT_OVERLAP: Final = Fault(
    "0x80043B02", "The new quantities overlap the range covered by existing quantities."
)

OPPORTUNITY_CLOSED: Final = Fault("0x80040515", "The opportunity is already closed.")
OPPORTUNITY_BY_ACTION: Final = Fault(
    "0x80040516", "The opportunity cannot be closed. Use the {} message to close it."
)
CLOSED_BY_ACTION: Final = Fault(
    "0x80040216", "The {} cannot be closed by an update. Use the {} message to close it."
)
REVISED_ALREADY: Final = Fault(
    "0x80048408",
    "The quote cannot be revised as there already exists another quote in Draft/Active state and with the "
    "same quote number.",
)

PRICING_LOCKED: Final = Fault("0x80043B1D", "This entity is already locked.")
PRICING_UNLOCKED: Final = Fault("0x80043B1E", "This entity is already unlocked.")
INVOICE_CLOSE_DEPRECATED: Final = Fault(
    "0x80043B25", "The Invoice Close API is deprecated. It has been replaced by the Pay and Cancel APIs."
)
UNIT_AND_DESCRIPTION: Final = Fault(
    "0x80043AFA", "You cannot set both 'uomid' and 'productdescription' for the same record."
)
PRODUCT_AND_DESCRIPTION: Final = Fault(
    "0x80043AFB", "You cannot set both 'productid' and 'productdescription' for the same record."
)

MERGE_CYCLE: Final = Fault("0x80045300", "Merge could create cyclical parenting.")
MERGE_INACTIVE: Final = Fault("0x80045304", "Merge cannot be performed on entity that is inactive.")
MERGE_IDENTICAL: Final = Fault(
    "0x80045305", "Merge cannot be performed on master and sub-entities that are identical."
)
MERGE_OTHER_PARENT: Final = Fault("0x80045316", "Merge warning: sub-entity will be differently parented.")
