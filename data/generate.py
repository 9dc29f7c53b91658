#!/usr/bin/env python3
"""Turn the sources in data/reference into the csv files that room `waste` loads.

    python data/generate.py          writes addons/waste/data/*.csv
    python data/generate.py --check  writes nothing, exit code 1 when a file differs
"""

import csv
import io
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parent
TARGET = DATA.parent / "addons" / "waste" / "data"

PACKAGING_KINDS = {
    "桶": "drum", "袋": "bag", "箱": "box", "托盘": "pallet", "罐车": "tanker", "箱体": "container", "散装": "loose",
    "罐": "cylinder", "件": "bale", "无": "none",
}
DISPOSAL_KINDS = {"利用": "recovery", "处置": "disposal", "铬渣(旧)": "legacy"}
TRANSPORT_LICENCES = {
    "道路运输经营许可证(危险货物)": "road_transport", "城市生活垃圾(厨余)收运许可/经营协议": "kitchen_agreement",
}
# Conditions of the exemption list that are about the vehicle alone, so that a contract can rely on them.
EXEMPT_VEHICLES = ("运输工具满足", "采用密闭罐车")
TOWN_KINDS = {"街道": "subdistrict", "镇": "town", "园区": "park"}
FIRST_VERSION_SHIPPED = "2021"
FALLBACK_NAME = "经鉴别属于危险废物且无对应代码的{name}"


def source(name):
    with (DATA / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def xml_id(prefix, code):
    return f"{prefix}_{code.lower().replace('-', '_')}"


def hazards():
    for sequence, row in enumerate(row for row in source("cn_hazard_characteristics") if row["code"].isalpha()):
        yield {
            "id": xml_id("hazard", row["code"]), "code": row["code"], "name": row["name_zh"], "name_en": row["name_en"],
            "sequence": sequence + 1, "color": sequence + 1,
        }


def catalogue_versions():
    rows = [row for row in source("cn_catalogue_versions") if row["version"] >= FIRST_VERSION_SHIPPED]
    for row in rows:
        repealed = row["status"].removeprefix("repealed").strip()
        last_day = f"{int(repealed[:4]) - 1}-12-31" if repealed.endswith("-01-01") else ""
        yield {
            "id": xml_id("catalogue_version", row["version"]), "name": row["version"], "business_id/id": "business_hazardous",
            "order": row["order"], "published_on": row["published"], "valid_from": row["effective"], "valid_to": last_day,
            "official_count": row["count"],
        }


def categories():
    for row in source("cn_hazardous_waste_categories"):
        yield {
            "id": xml_id("category", row["category_code"]), "code": row["category_code"], "name": row["category_name"],
            "business_id/id": "business_hazardous", "fallback_code": row["fallback_code_after_identification"],
        }


def codes():
    valid_from = {row["version"]: row["effective"] for row in source("cn_catalogue_versions")}
    exempt = {
        row["waste_codes"] for row in source("cn_hazardous_waste_exemption_list_2021")
        if row["exempt_stage"] == "运输" and row["exempt_condition"].startswith(EXEMPT_VEHICLES)}
    for row in source("cn_hazardous_waste_catalogue_2021"):
        yield {
            "id": xml_id("code", row["waste_code"]), "code": row["waste_code"], "name": row["description"],
            "category_id/id": xml_id("category", row["category_code"]), "industry": row["industry_source"],
            "hazard_ids/id": ",".join(xml_id("hazard", mark) for mark in row["hazard_all"].split("|")),
            "hazard_text": row["hazard_raw"], "catalogue_version_id/id": xml_id("catalogue_version", row["version"]),
            "valid_from": valid_from[row["version"]], "is_fallback": "",
            "is_transport_exempt": "1" if row["waste_code"] in exempt else "",
        }
    for row in source("cn_hazardous_waste_categories"):
        code = row["fallback_code_after_identification"]
        yield {
            "id": xml_id("code", code), "code": code, "name": FALLBACK_NAME.format(name=row["category_name"]),
            "category_id/id": xml_id("category", row["category_code"]), "industry": "", "hazard_ids/id": "", "hazard_text": "",
            "catalogue_version_id/id": xml_id("catalogue_version", FIRST_VERSION_SHIPPED),
            "valid_from": valid_from[FIRST_VERSION_SHIPPED], "is_fallback": "1", "is_transport_exempt": "",
        }


def packagings():
    for sequence, row in enumerate(source("packaging_types")):
        yield {
            "id": xml_id("packaging", row["code"]), "code": row["code"], "name": row["label_zh"],
            "kind": PACKAGING_KINDS[row["kind_zh"]], "sequence": sequence + 1, "volume_l": row["volume_l"],
            "typical_net_kg_low": row["typical_net_kg_low"], "typical_net_kg_high": row["typical_net_kg_high"],
            "holds_liquid": row["holds_liquid"], "holds_solid": row["holds_solid"], "reusable": row["reusable"],
            "un_code": row["un_code"],
        }


def physical_forms():
    for sequence, row in enumerate(source("physical_forms")):
        yield {
            "id": xml_id("physical_form", row["code"]), "code": row["code"], "name": row["label_zh"],
            "sequence": sequence + 1,
        }


def transport_modes():
    for sequence, row in enumerate(source("transport_modes")):
        # The licences are named in Chinese; the one English remark is no name of a licence.
        licence = "" if row["licence_needed"].isascii() else row["licence_needed"]
        yield {
            "id": xml_id("transport_mode", row["code"]), "code": row["code"], "name": row["label_zh"],
            "sequence": sequence + 1, "licence_needed": licence, "licence_kind": TRANSPORT_LICENCES.get(licence, ""),
        }


def disposal_methods():
    for sequence, row in enumerate(source("cn_disposal_methods")):
        yield {
            "id": xml_id("disposal_method", row["code"]), "code": row["code"], "name": row["name_zh"],
            "kind": DISPOSAL_KINDS[row["kind"]], "sequence": sequence + 1,
        }


def regions():
    cities = source("cn_city_codes")
    provinces = {row["province_code"]: row["province"] for row in cities}
    for code, name in provinces.items():
        yield {"id": xml_id("region", code), "code": code, "name": name, "kind": "province", "parent_id/id": ""}
    for row in cities:
        yield {
            "id": xml_id("region", row["city_code_4"]), "code": row["city_code_4"], "name": row["city"], "kind": "city",
            "parent_id/id": xml_id("region", row["province_code"]),
        }
    for row in source("dongguan_towns"):
        yield {
            "id": xml_id("region", row["code_9"]), "code": row["code_9"], "name": row["name"],
            "kind": TOWN_KINDS[row["kind"]], "parent_id/id": xml_id("region", row["city_code"]),
        }


FILES = {
    "waste.hazard.csv": hazards,
    "waste.catalogue.version.csv": catalogue_versions,
    "waste.category.csv": categories,
    "waste.code.csv": codes,
    "waste.packaging.csv": packagings,
    "waste.physical.form.csv": physical_forms,
    "waste.transport.mode.csv": transport_modes,
    "waste.disposal.method.csv": disposal_methods,
    "waste.region.csv": regions,
}


def render(name):
    """Return the text of one room csv."""
    rows = list(FILES[name]())
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def main(arguments):
    stale = [name for name in FILES if not (TARGET / name).is_file() or (TARGET / name).read_text(encoding="utf-8") != render(name)]
    if "--check" in arguments:
        for name in stale:
            print(f"{TARGET / name} differs from its source; run python data/generate.py")
        return 1 if stale else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (TARGET / name).write_text(render(name), encoding="utf-8")
        print(f"wrote {TARGET / name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
