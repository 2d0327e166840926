"""solution.xml and [Content_Types].xml."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tools.solution.source import Solution
from tools.solution.xml import XSI, child, labelled, nothing

TABLE, ROLE, WEB_RESOURCE = "1", "20", "61"
EVERYTHING, SHELL_ONLY = "0", "2"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OCTETS = "application/octet-stream"
ADDRESS_LINES = (
    "City", "County", "Country", "Fax", "FreightTermsCode", "ImportSequenceNumber", "Latitude", "Line1",
    "Line2", "Line3", "Longitude", "Name", "PostalCode", "PostOfficeBox", "PrimaryContactName",
)  # fmt: skip
MORE_ADDRESS_LINES = (
    "StateOrProvince", "Telephone1", "Telephone2", "Telephone3", "TimeZoneRuleVersionNumber", "UPSZone",
    "UTCOffset", "UTCConversionTimeZoneCode",
)  # fmt: skip


def manifest(solution: Solution, managed: bool) -> ET.Element:
    """solution.xml."""
    facts, language = solution.manifest, solution.manifest["language"]
    root = ET.Element(
        "ImportExportXml",
        {
            "version": "9.2.0.0",
            "SolutionPackageVersion": "9.2",
            "languagecode": str(language),
            "generatedBy": "CrmLive",
            "xmlns:xsi": XSI,
        },
    )
    element = child(root, "SolutionManifest")
    child(element, "UniqueName", facts["unique_name"])
    labelled(element, "LocalizedNames", "LocalizedName", facts["display_name"], language)
    labelled(element, "Descriptions", "Description", facts["description"], language)
    child(element, "Version", facts["version"])
    child(element, "Managed", "1" if managed else "0")
    _add_publisher(element, solution)
    _add_components(child(element, "RootComponents"), solution)
    child(element, "MissingDependencies")
    return root


def _add_publisher(parent: ET.Element, solution: Solution) -> None:
    facts = solution.manifest["publisher"]
    element = child(parent, "Publisher")
    child(element, "UniqueName", facts["unique_name"])
    labelled(element, "LocalizedNames", "LocalizedName", facts["display_name"], solution.manifest["language"])
    child(element, "Descriptions")
    nothing(element, "EMailAddress", "SupportingWebsiteUrl")
    child(element, "CustomizationPrefix", facts["prefix"])
    child(element, "CustomizationOptionValuePrefix", facts["option_value_prefix"])
    addresses = child(element, "Addresses")
    for number in (1, 2):
        address = child(addresses, "Address")
        child(address, "AddressNumber", number)
        child(address, "AddressTypeCode", "1")
        nothing(address, *ADDRESS_LINES)
        child(address, "ShippingMethodCode", "1")
        nothing(address, *MORE_ADDRESS_LINES)


def _add_components(parent: ET.Element, solution: Solution) -> None:
    for table in solution.tables:
        child(parent, "RootComponent", type=TABLE, schemaName=table, behavior=SHELL_ONLY)
    for own in solution.own:
        child(parent, "RootComponent", type=TABLE, schemaName=own, behavior=EVERYTHING)
    child(parent, "RootComponent", type=ROLE, id=f"{{{solution.role['id']}}}", behavior=EVERYTHING)
    for resource in solution.web_resources:
        child(parent, "RootComponent", type=WEB_RESOURCE, schemaName=resource.name, behavior=EVERYTHING)


def content_types(solution: Solution) -> ET.Element:
    """[Content_Types].xml: a file without an ending needs an entry of its own."""
    root = ET.Element("Types", {"xmlns": CONTENT_TYPES})
    child(root, "Default", Extension="xml", ContentType=OCTETS)
    for resource in solution.web_resources:
        child(root, "Override", PartName=f"/{resource.path}", ContentType=OCTETS)
    return root
