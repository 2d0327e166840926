"""Unit groups and units."""

from __future__ import annotations

from tests.simulators.dataverse.sales import Catalogue, bind, made, row_of
from tests.simulators.dataverse.support import Client


def test_a_group_makes_its_base_unit(client: Client) -> None:
    group = made(client.post("uomschedules", {"name": "Weight", "baseuomname": "KG"}))
    units = client.get(f"uomschedules({group})/unit_of_measure_schedule_conversions").rows
    assert [(unit["name"], unit["quantity"], unit["isschedulebaseuom"]) for unit in units] == [
        ("KG", 1.0, True)
    ]
    assert row_of(client, f"uomschedules({group})")["baseuomname"] == "KG"


def test_a_group_without_the_name_of_its_base_unit_is_refused(client: Client) -> None:
    answer = client.post("uomschedules", {"name": "Weight"})
    assert (answer.status, answer.code) == (400, "0x80043810")
    assert answer.message == "baseuomname not specified"


def test_the_name_of_the_base_unit_is_set_on_creation_only(catalogue: Catalogue) -> None:
    address = f"uomschedules({catalogue.group})"
    assert catalogue.client.patch(address, {"baseuomname": "KG"}).status == 400
    assert catalogue.client.patch(address, {"name": "Other"}).status == 204


def test_a_unit_counts_in_another_one_of_its_group(catalogue: Catalogue) -> None:
    box = made(catalogue.add_unit("BOX", 12))
    row = row_of(catalogue.client, f"uoms({box})?$expand=baseuom($select=name)")
    assert (row["quantity"], row["baseuom"]["name"], row["isschedulebaseuom"]) == (12.0, "PCS", False)
    assert catalogue.client.patch(f"uoms({box})", {"quantity": 10}).status == 204
    pallet = bind(baseuom=f"uoms({box})")
    assert catalogue.add_unit("PALLET", 40, **pallet).status == 204


def test_a_unit_needs_name_quantity_group_and_base(catalogue: Catalogue) -> None:
    group, base = (
        bind(uomscheduleid=f"uomschedules({catalogue.group})"),
        bind(baseuom=f"uoms({catalogue.unit})"),
    )
    for body in (
        {"name": "X", "quantity": 1} | group,
        {"name": "X", "quantity": 1} | base,
        {"name": "X"} | group | base,
    ):
        assert catalogue.client.post("uoms", body).code == "0x80040200"


def test_a_base_of_another_group_is_refused(catalogue: Catalogue) -> None:
    _, foreign = catalogue.unit_group("Weight", "KG")
    answer = catalogue.add_unit("BOX", 12, **bind(baseuom=f"uoms({foreign})"))
    assert (answer.status, answer.code) == (400, "0x80043B16")


def test_names_are_unique_inside_a_group_only(catalogue: Catalogue) -> None:
    made(catalogue.add_unit("BOX", 12))
    assert catalogue.add_unit("box ", 6).code == "0x80040237"
    group, base = catalogue.unit_group("Weight", "PCS")
    elsewhere = bind(baseuom=f"uoms({base})", uomscheduleid=f"uomschedules({group})")
    assert catalogue.add_unit("BOX", 6, **elsewhere).status == 204


def test_quantity_and_base_of_a_base_unit_are_fixed(catalogue: Catalogue) -> None:
    box = made(catalogue.add_unit("BOX", 12))
    address = f"uoms({catalogue.unit})"
    assert catalogue.client.patch(address, {"quantity": 2}).code == "0x80043B18"
    assert catalogue.client.patch(address, bind(baseuom=f"uoms({box})")).code == "0x80043B17"
    assert catalogue.client.patch(address, {"name": "PIECE", "quantity": 1}).status == 204


def test_a_unit_keeps_its_group(catalogue: Catalogue) -> None:
    group, _ = catalogue.unit_group("Weight", "KG")
    box = made(catalogue.add_unit("BOX", 12))
    assert catalogue.client.patch(f"uoms({box})", bind(uomscheduleid=f"uomschedules({group})")).status == 400


def test_a_base_unit_goes_with_its_group_only(catalogue: Catalogue) -> None:
    box = made(catalogue.add_unit("BOX", 12))
    refused = catalogue.client.delete(f"uoms({catalogue.unit})")
    assert (refused.status, refused.code) == (400, "0x80043B03")
    assert catalogue.client.delete(f"uomschedules({catalogue.group})").status == 204
    assert catalogue.client.get(f"uoms({box})").status == 404
    assert catalogue.client.get(f"uoms({catalogue.unit})").status == 404


def test_quantities_have_five_decimals(catalogue: Catalogue) -> None:
    unit = made(catalogue.add_unit("X", 0.3333333))
    assert row_of(catalogue.client, f"uoms({unit})")["quantity"] == 0.33333
