#!/usr/bin/env python3
"""Makes the databases of the tests: pip install mmdb_writer, then make.py in this folder.

Addresses are those reserved for documentation (RFC 5737, RFC 3849), numbers those of RFC 5398. The date is fixed,
so that a file is made anew only where its content changes.
"""

import mmdb_writer
from netaddr import IPSet

MADE = 1_790_000_000  # 2026-09-21
LONG_AGO = 1_577_836_800  # 2020-01-01


def write(name, kind, records, made=MADE):
    mmdb_writer.time.time = lambda: made
    writer = mmdb_writer.MMDBWriter(
        ip_version=6, ipv4_compatible=True, database_type=kind, languages=["en"], description="made for tests"
    )
    for networks, record in records:
        writer.insert_network(IPSet(networks), record)
    writer.to_db_file(name)


def place(city, code, country):
    return {"city": {"names": {"en": city, "de": city}}, "country": {"iso_code": code, "names": {"en": country}}}


write("asn.mmdb", "GeoLite2-ASN", [
    (["192.0.2.0/24"], {"autonomous_system_number": 64500, "autonomous_system_organization": "Example Homes"}),
    (["198.51.100.0/24"], {"autonomous_system_number": 24940, "autonomous_system_organization": "Hetzner Online GmbH"}),
    (["203.0.113.0/24", "2001:db8:1::/48"], {"autonomous_system_number": 36183, "autonomous_system_organization": "Akamai"}),
])
write("city.mmdb", "DBIP-City-Lite", [
    (["192.0.2.0/24"], place("Accra", "GH", "Ghana")),
    (["2001:db8:1::/48"], place("Köln", "DE", "Germany")),
    (["203.0.113.0/24"], {"country": {"iso_code": "fr"}, "city": {"names": {"en": "x" * 500}}}),
])
write("country.mmdb", "GeoLite2-Country", [
    (["192.0.2.0/24"], {"country": {"iso_code": "TG"}}),
    (["198.51.100.0/24"], {"country": {"iso_code": "DE"}, "registered_country": {"iso_code": "US"}}),
])
write("anonymous.mmdb", "GeoIP2-Anonymous-IP", [
    (["192.0.2.128/25"], {"is_anonymous": True, "is_tor_exit_node": True}),
    (["192.0.2.64/26"], {"is_anonymous": True, "is_residential_proxy": True}),
    (["203.0.113.0/24"], {"is_anonymous": True, "is_anonymous_vpn": True, "is_hosting_provider": True}),
    (["2001:db8:2::/48"], {"is_anonymous": True, "is_anonymous_vpn": True}),
])
write("enterprise.mmdb", "GeoIP2-Enterprise", [
    (["192.0.2.0/24"], {**place("Accra", "GH", "Ghana"), "traits": {"autonomous_system_number": 64501, "user_type": "cellular", "connection_type": "Cable/DSL"}}),
])
write("other-layout.mmdb", "GeoLite2-ASN", [
    (["192.0.2.0/24"], {"asn": "AS64500", "domain": "example.com"}),
])
write("stale.mmdb", "GeoLite2-Country", [(["192.0.2.0/24"], {"country": {"iso_code": "GH"}})], made=LONG_AGO)
