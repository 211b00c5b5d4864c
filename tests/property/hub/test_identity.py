"""Identity: one device stays one, two never become one on a doubt."""

from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.domain.identity import Claim, Known, claims_of, contradicts, resolve
from medialab_wire.reports import Identity, IdentityKind

KINDS = st.sampled_from([IdentityKind.SERIAL, IdentityKind.UUID, IdentityKind.MAC, IdentityKind.ASSET])
CLAIM = st.builds(Claim, KINDS, st.just(""), st.sampled_from(["x1", "x2"]))
CLAIMS = st.frozensets(CLAIM, max_size=3)
KNOWN = st.lists(st.builds(Known, st.sampled_from("ABCD"), CLAIMS, st.booleans()), unique_by=lambda k: k.device)


@given(CLAIMS, KNOWN, st.sampled_from([None, *"ABCD"]))
def test_a_connection_joins_only_what_shares_a_claim_and_is_the_only_one(claims, known, bound) -> None:
    resolution = resolve(claims, known, bound)
    sharing = {entry.device for entry in known if entry.claims & claims and entry.device != bound}
    if resolution.device is not None and resolution.device != bound:
        assert sharing == {resolution.device}
        (joined,) = [entry for entry in known if entry.device == resolution.device]
        assert not joined.is_elsewhere
        assert not contradicts(claims, joined.claims)
    assert set(resolution.rivals) <= sharing
    assert resolution.device not in resolution.rivals
    if len(sharing) > 1:
        assert resolution.device in (None, bound), "two candidates are a question, never a merge"
        assert set(resolution.rivals) == sharing


@given(CLAIMS, KNOWN, st.sampled_from([None, *"ABCD"]), st.randoms())
def test_the_order_of_what_is_known_does_not_matter(claims, known, bound, chance) -> None:
    shuffled = list(known)
    chance.shuffle(shuffled)
    assert resolve(claims, known, bound) == resolve(claims, shuffled, bound)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=30), st.randoms())
def test_any_order_of_reports_finds_the_true_devices(reports, chance) -> None:
    """Five devices, three connections each (another scope and a shared serial), reported in any order, repeatedly."""
    chance.shuffle(reports)
    belongs: dict[tuple[int, int], str] = {}
    claims_by_device: dict[str, frozenset[Claim]] = {}
    for device, way in reports:
        said = frozenset({Claim(IdentityKind.SERIAL, "", f"s{device}"), Claim(IdentityKind.MAC, "", f"m{device}{way}")})
        known = [Known(key, held) for key, held in claims_by_device.items()]
        found = resolve(said, known, belongs.get((device, way)))
        key = found.device or f"dev-{len(claims_by_device)}"
        assert not found.rivals
        claims_by_device[key] = claims_by_device.get(key, frozenset()) | said
        belongs[device, way] = key
    truth = {(a, b): a[0] == b[0] for a in belongs for b in belongs}
    assert {(a, b): belongs[a] == belongs[b] for a in belongs for b in belongs} == truth


@given(st.integers(2, 30))
def test_clones_with_one_serial_on_cables_stay_many(count: int) -> None:
    said = frozenset({Claim(IdentityKind.SERIAL, "", "same")})
    known: list[Known] = []
    for number in range(count):
        found = resolve(said, known)
        assert found.device is None
        assert len(found.rivals) == number
        known.append(Known(f"dev-{number:02}", said, is_elsewhere=True))
    for entry in known:
        assert resolve(said, known, entry.device).device == entry.device, "each connection stays with its own"


def one(kind: IdentityKind, value: str, scope: str = "") -> frozenset[Claim]:
    return claims_of([Identity(kind=kind, value=value, scope=scope)])


@given(st.text(min_size=1, max_size=40), st.text(max_size=10))
def test_places_never_identify(value: str, scope: str) -> None:
    assert one(IdentityKind.PLACE, value, scope) == frozenset()


@given(st.sampled_from(["0123456789ABCDEF", "unknown", "000000000", "To be filled by O.E.M.", "  ", "None"]))
def test_fillers_never_identify(value: str) -> None:
    assert one(IdentityKind.SERIAL, value) == frozenset()


@given(st.integers(0, 2**48 - 1))
def test_only_burnt_in_macs_identify(number: int) -> None:
    octets = number.to_bytes(6, "big")
    mac = ":".join(f"{octet:02X}" for octet in octets)
    is_usable = number != 0 and octets[0] & 3 == 0
    assert bool(one(IdentityKind.MAC, mac)) == is_usable
    assert one(IdentityKind.MAC, mac) == one(IdentityKind.MAC, mac.lower().replace(":", "-"))


@given(st.text(max_size=60))
def test_any_text_as_mac_is_survived(value: str) -> None:
    if value:
        one(IdentityKind.MAC, value)


def test_two_candidates_are_a_question_even_when_nothing_contradicts() -> None:
    mac, tag = one(IdentityKind.MAC, "3c:5a:b4:00:00:01"), one(IdentityKind.ASSET, "ML-1")
    found = resolve(mac | tag, [Known("A", mac), Known("B", tag)])
    assert (found.device, found.rivals) == (None, ("A", "B"))


def test_another_serial_at_the_same_connection_is_another_device() -> None:
    known = [Known("A", one(IdentityKind.SERIAL, "first"))]
    assert resolve(one(IdentityKind.SERIAL, "second"), known, "A").device is None
    assert resolve(frozenset(), known, "A").device == "A", "silence about itself changes nothing"
    both = one(IdentityKind.SERIAL, "first") | one(IdentityKind.UUID, "new-after-wipe")
    assert resolve(both, [Known("A", known[0].claims | one(IdentityKind.UUID, "old"))], "A").device == "A"
