"""Packs `sales_solution` into the zip that Dataverse imports.

The format is Microsoft's: solution.xml, customizations.xml, [Content_Types].xml and one file for each web
resource, as in solutions that Microsoft publishes.
"""
