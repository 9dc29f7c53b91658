#!/usr/bin/env python3
"""Write the demo files of ``addons/waste_scrm`` that come from the master data of the WIM feed.

The feed's messages are pushed through the real door afterwards; the partners and salespeople whom they
name must be there first. Run it after a change in ``data/wim_feed``; a test of waste_scrm compares.
"""

import csv
import io
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FEED = HERE / "wim_feed"
TARGET = HERE.parent / "addons" / "waste_scrm" / "demo"

ROLE_OF_KIND = {
    "产废": "waste.party_role_producer",
    "运输": "waste.party_role_carrier",
    "收集": "waste.party_role_collector",
    "处置": "waste.party_role_disposer",
    "监管": "waste.party_role_regulator",
    "政府部门": "waste.party_role_regulator",
}
TIERS = {"重点": "key", "简化": "simplified", "登记": "registered"}
LICENCE_KINDS = {
    "危险废物经营许可证": "hw_operation",
    "危险废物收集许可证": "hw_collection",
    "道路运输经营许可证(危险货物)": "road_transport",
}
# Where the teams of the feed work: (xml id, company, allowed companies, businesses).
TEAMS = {
    "危废一部": ("team_hazardous_1", "company_hazardous", "company_hazardous"),
    "危废二部": ("team_hazardous_2", "company_hazardous", "company_hazardous"),
    "一般固废餐厨部": ("team_general", "company_industrial", "company_industrial,company_kitchen"),
}
SALES_GROUP = "waste.group_salesperson"


def read(name):
    with open(FEED / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_lines(name):
    return [json.loads(line) for line in (FEED / name).read_text(encoding="utf-8").splitlines()]


def table(rows):
    """Return ``rows`` (dicts with the same keys) as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def categories(words):
    """Return the xml ids of the waste categories that a licence names, such as "HW08,HW31" or "HW02-HW50(示例)"."""
    numbers = set()
    for first, last in re.findall(r"HW(\d\d)(?:-HW(\d\d))?", words):
        numbers.update(range(int(first), int(last or first) + 1))
    with open(HERE / "reference" / "cn_hazardous_waste_categories.csv", encoding="utf-8-sig", newline="") as file:
        known = {row["category_code"] for row in csv.DictReader(file)}
    return ",".join(f"waste.category_{code.lower()}" for code in (f"HW{n:02d}" for n in sorted(numbers)) if code in known)


def partners():
    return [{
        "id": f"partner_{row['partner_code'].lower()}",
        "name": row["name"],
        "is_company": "1",
        "party_role_ids/id": ROLE_OF_KIND[row["unit_kind"]],
        "uscc": row["uscc"],
        "industry_name": row["industry"],
        "producer_tier": TIERS.get(row["tier"], ""),
        "region_id/id": row["town_code"] and f"waste.region_{row['town_code']}",
        "street": row["town"],
        "city": "东莞市",
        "country_id/id": "base.cn",
        "lang": "zh_CN",
        "tz": "Asia/Shanghai",
        "phone": row["phone_not_dialable"],
        "external_system": "wim",
        "external_key": row["partner_code"],
    } for row in read("partners.csv")]


def contacts():
    return [{
        "id": f"contact_{row['partner_code'].lower()}",
        "name": row["contact"],
        "parent_id/id": f"partner_{row['partner_code'].lower()}",
        "type": "contact",
        "phone": row["phone_not_dialable"],
        "lang": "zh_CN",
    } for row in read("partners.csv") if row["contact"]]


def salespeople():
    return [{
        "id": f"sales_partner_{row['sales_code'].lower()}",
        "name": row["name"],
        "ref": row["sales_code"],
        "lang": "zh_CN",
        "tz": "Asia/Shanghai",
        "external_system": "wim_sales",
        "external_key": row["sales_code"],
    } for row in read("salespeople.csv")]


def users():
    rows = []
    for row in read("salespeople.csv"):
        login = row["sales_code"].lower()
        _team, company, companies = TEAMS[row["team"]]
        rows.append({
            "id": f"user_{login}",
            "partner_id/id": f"sales_partner_{login}",
            "login": login,
            "password": login,
            "group_ids/id": SALES_GROUP,
            "company_id/id": company,
            "company_ids/id": companies,
            "notification_type": "inbox",
        })
    return rows


def teams():
    return [
        {"id": xml_id, "name": name, "company_id/id": "", "sequence": str(sequence)}
        for sequence, (name, (xml_id, _company, _companies)) in enumerate(TEAMS.items(), 20)
    ]


def members():
    return [{
        "id": f"member_{row['sales_code'].lower()}",
        "crm_team_id/id": TEAMS[row["team"]][0],
        "user_id/id": f"user_{row['sales_code'].lower()}",
    } for row in read("salespeople.csv")]


def licences():
    return [{
        "id": f"licence_{row['licence_no'].lower()}",
        "name": row["licence_no"],
        "partner_id/id": f"partner_{row['holder'].lower()}",
        "kind": LICENCE_KINDS[row["kind"]],
        "category_text": row["categories"],
        "category_ids/id": categories(row["categories"]),
        "yearly_capacity_t": row["yearly_capacity_t"],
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"],
        "user_id/id": "user_dispatcher",
    } for row in read("licences.csv")]


def assignments():
    """Return who serves whom, as the contracts of the feed say."""
    keys = sorted({
        (row["producer_code"].lower(), row["business_type"], row["salesperson_code"].lower(), row["start_date"],
         TEAMS[row["sales_team"]][0])
        for row in read_lines("contracts.jsonl")
    })
    return [{
        "id": f"assignment_{producer}_{business}",
        "producer_id/id": f"partner_{producer}",
        "business_id/id": f"waste.business_{business}",
        "user_id/id": f"user_{sales}",
        "team_id/id": team,
        "share_percent": "100",
        "date_from": start,
    } for producer, business, sales, start, team in keys]


FILES = {
    "res.partner-feed.csv": partners,
    "res.partner-feed_contacts.csv": contacts,
    "res.partner-feed_salespeople.csv": salespeople,
    "crm.team-feed.csv": teams,
    "res.users-feed.csv": users,
    "crm.team.member-feed.csv": members,
    "waste.licence-feed.csv": licences,
    "waste.assignment-feed.csv": assignments,
}


def build():
    """Return {file name: text} of all demo files that come from the feed."""
    return {name: table(rows()) for name, rows in FILES.items()}


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, text in build().items():
        (TARGET / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{TARGET / name}\n")


if __name__ == "__main__":
    main()
