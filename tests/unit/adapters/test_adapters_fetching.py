"""Fetching from servers that behave, and misbehave, as the official ones do: a real server on this machine, a real store."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from checker.adapters.fetching import SLOW_HOSTS, USER_AGENT, Absent, Fetcher, Got, Pacer, Patience, Refused
from checker.adapters.gathering import Outcome, from_folder, from_network
from checker.adapters.store import Store
from checker.errors import IndexFault, InputError
from checker.model.legal import Language, SourceFile
from tests.unit.adapters.law_server import WAF, Answer, LawServer, all_well, consolidated, formex_zip, laws, lexdania, page

ROOT = Path(__file__).resolve().parents[3]
QUICK = Patience(pause=0, attempts=3, longest=5, connect=5, silence=5)
Get = Callable[..., Got]
Fetch = Callable[..., list[Outcome]]


@pytest.fixture
def server() -> Iterator[LawServer]:
    running = LawServer()
    yield running
    running.stop()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.fixture
def get(server: LawServer) -> Get:
    """One text from /x of the server."""

    def once(format: str = "eurlex-xhtml", patience: Patience = QUICK, path: str = "/x", **known: str) -> Got:
        file = SourceFile.model_validate({"language": "da", "format": format, "url": server.url + path, "headers": {"Accept-Language": "dan"}})
        with Fetcher(patience) as fetcher:
            return fetcher.get(file, **known)

    return once


@pytest.fixture
def fetch(server: LawServer, store: Store) -> Fetch:
    """Everything, or the acts named, into the store."""

    def run(*ids: str, languages: tuple[Language, ...] | None = None, again: bool = False) -> list[Outcome]:
        sources = [s for s in laws(server.url) if not ids or s.id in ids]
        with Fetcher(QUICK) as fetcher:
            return list(from_network(sources, languages, store, fetcher, again))

    return run


def states(outcomes: list[Outcome]) -> dict[tuple[str, str, str], str]:
    return {(o.source, o.version, o.language): o.state for o in outcomes}


def test_a_chain_of_303s_leads_to_the_text(server: LawServer, get: Get) -> None:
    server.on("/x", Answer(303, headers={"Location": "/y"}))
    server.on("/y", Answer(303, headers={"Location": "/z"}))
    server.on("/z", page())
    assert get().content == page()
    assert server.paths == ["/x", "/y", "/z"]
    assert {(a.headers["User-Agent"], a.headers["Accept-Language"]) for a in server.asked} == {(USER_AGENT, "dan")}
    assert USER_AGENT.startswith("checker/")


def test_a_chain_that_goes_in_a_ring_ends(server: LawServer, get: Get) -> None:
    server.on("/x", Answer(303, headers={"Location": "/x"}))
    with pytest.raises(Refused, match="i ring"):
        get()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(202, WAF), "spærreside"),
        (Answer(200, WAF), "spærreside"),
        (Answer(200, page().replace(b"art_1", b"x").replace(b"oj-ti-art", b"x")), "artikel 1"),
        (Answer(200, page("en")), "engelsk"),
        (Answer(200, page()[:900]), "afkortet"),
        (Answer(300, b"choices"), "status 300"),
        (Answer(403, b"no"), "status 403"),
        (Answer(303, headers={"Location": "gopher://x/"}), "gopher"),
    ],
)
def test_what_is_not_the_act_is_refused_at_once(server: LawServer, get: Get, answer: Answer, told: str) -> None:
    server.on("/x", answer)
    with pytest.raises(Refused, match=told):
        get()
    assert server.paths == ["/x"]


@pytest.mark.parametrize("status", [404, 406, 410])
def test_a_language_that_is_missing_is_no_fault_of_the_server(server: LawServer, get: Get, status: int) -> None:
    server.on("/x", Answer(status))
    with pytest.raises(Absent):
        get()
    assert server.paths == ["/x"]


@pytest.mark.parametrize(
    "trouble",
    [
        [Answer(503), Answer(503)],
        [Answer(429, headers={"Retry-After": "0"})],
        [Answer(429, headers={"Retry-After": format_datetime(datetime(2001, 1, 1, tzinfo=UTC))})],
        [Answer(503, headers={"Retry-After": "soon"})],
        [Answer(200, b"")],
        [Answer(200, page(), cut=700)],
    ],
)
def test_what_may_pass_is_asked_again(server: LawServer, get: Get, trouble: list[Answer]) -> None:
    server.on("/x", *trouble, Answer(200, page()))
    assert get().content == page()
    assert len(server.asked) == len(trouble) + 1


@pytest.mark.parametrize(
    ("answer", "told"), [(Answer(503), "status 503.*3 forsøg"), (Answer(200, b" \n"), "tomt"), (Answer(200, page(), cut=700), "brød sammen")]
)
def test_after_some_attempts_it_is_given_up_and_said(server: LawServer, get: Get, answer: Answer, told: str) -> None:
    server.on("/x", answer)
    with pytest.raises(Refused, match=told):
        get()
    assert len(server.asked) == 3


@pytest.mark.parametrize("wait", ["3600", format_datetime(datetime.now(UTC) + timedelta(days=1))])
def test_a_server_that_asks_for_a_long_pause_is_left_alone(server: LawServer, get: Get, wait: str) -> None:
    server.on("/x", Answer(429, headers={"Retry-After": wait}))
    with pytest.raises(Refused, match=r"beder os vente \d+ sekunder; prøv igen senere"):
        get()
    assert len(server.asked) == 1


def test_a_server_that_falls_silent_is_given_up(server: LawServer, get: Get) -> None:
    server.on("/x", Answer(200, page(), wait=True))
    with pytest.raises(Refused, match="svarer ikke i tide"):
        get(patience=Patience(pause=0, attempts=2, silence=0.1))


@pytest.mark.parametrize("promised", [True, False])
def test_a_text_past_the_size_limit_is_refused(server: LawServer, get: Get, promised: bool) -> None:
    body = page(more="x" * 200_000)
    server.on("/x", Answer(200, body, length=promised))
    with pytest.raises(Refused, match="svaret er for stort"):
        get(patience=Patience(pause=0, attempts=1, max_bytes=100_000))


def test_a_text_that_trickles_without_end_is_given_up(server: LawServer, get: Get) -> None:
    server.on("/x", page())
    with pytest.raises(Refused, match="ikke færdigt"):
        get(patience=Patience(pause=0, attempts=1, whole=-1))


def test_where_nobody_answers_the_host_is_asked_no_second_time(server: LawServer) -> None:
    url = server.url
    server.stop()
    with Fetcher(Patience(pause=0, attempts=2)) as fetcher:
        for _ in range(2):
            with pytest.raises(Refused, match="ingen forbindelse til 127"):
                fetcher.get(SourceFile(language="da", format="lexdania", url=url + "/x"))


def test_a_host_that_fails_text_after_text_is_left_alone(server: LawServer) -> None:
    server.on("/x", Answer(503))
    with Fetcher(Patience(pause=0, attempts=1)) as fetcher:
        told = []
        for _ in range(4):
            with pytest.raises(Refused) as caught:
                fetcher.get(SourceFile(language="da", format="lexdania", url=server.url + "/x"))
            told.append(str(caught.value))
    assert len(server.asked) == 3
    assert "ikke forsøgt" in told[3]


def test_the_mark_of_the_text_we_have_is_sent_and_304_keeps_it(server: LawServer, get: Get) -> None:
    server.on("/x", Answer(200, page(), {"ETag": '"1"', "Last-Modified": "Thu, 01 Jan 2099 00:00:00 GMT"}))
    first = get()
    assert (first.etag, first.last_modified) == ('"1"', "Thu, 01 Jan 2099 00:00:00 GMT")
    assert get(etag='"1"').content is None
    assert get(last_modified="Thu, 01 Jan 2099 00:00:00 GMT").content is None
    assert get(etag='"0"').content == page()


def test_a_304_that_nobody_asked_for_is_refused(server: LawServer, get: Get) -> None:
    server.on("/x", Answer(304))
    with pytest.raises(Refused, match="304"):
        get()


def test_requests_to_one_host_are_kept_apart_and_others_need_not_wait() -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pacer = Pacer(1.0, sleep=sleep, clock=lambda: now[0])
    pacer.before("a")
    pacer.before("b")
    assert slept == []
    for _ in range(50):
        pacer.before("a")
    assert len(slept) == 50
    assert all(0.5 <= s <= 1.5 for s in slept)
    assert SLOW_HOSTS["api.retsinformation.dk"] == 10
    pacer.before("api.retsinformation.dk")
    pacer.before("api.retsinformation.dk")
    assert slept[-1] == 10


def test_all_texts_of_all_acts_end_in_the_store(server: LawServer, store: Store, fetch: Fetch) -> None:
    all_well(server)
    assert set(states(fetch()).values()) == {"new"}
    for version, language, body in (("2099-01-01", "da", page("da")), ("2099-01-01", "en", page("en")), ("2099-06-01", "da", consolidated("da"))):
        stored = store.latest("bro", version, language)
        assert stored is not None
        assert store.read(stored.sha256) == body
        assert stored.how == "network"


def test_what_is_stored_is_not_asked_for_again(server: LawServer, fetch: Fetch) -> None:
    all_well(server)
    fetch()
    asked = len(server.asked)
    assert set(states(fetch()).values()) == {"unchanged"}
    assert len(server.asked) == asked


def test_asked_again_a_server_may_say_that_nothing_changed(server: LawServer, store: Store, fetch: Fetch) -> None:
    server.on("/vej", Answer(200, lexdania(), {"ETag": '"1"'}))
    fetch("vej")
    before = store.log
    assert states(fetch("vej", again=True)) == {("vej", "2099-02-02", "da"): "unchanged"}
    assert server.asked[-1].headers["If-None-Match"] == '"1"'
    assert store.log == before


def test_a_new_mark_on_the_same_text_is_no_new_text(server: LawServer, store: Store, fetch: Fetch) -> None:
    server.on("/vej", Answer(200, lexdania(), {"ETag": '"1"'}), Answer(200, lexdania(), {"ETag": '"2"'}))
    fetch("vej")
    assert states(fetch("vej", again=True)) == {("vej", "2099-02-02", "da"): "unchanged"}
    latest = store.latest("vej", "2099-02-02", "da")
    assert latest is not None
    assert latest.etag == '"2"'


def test_a_text_that_changed_at_its_address_is_said_and_the_old_one_kept(server: LawServer, store: Store, fetch: Fetch) -> None:
    changed = lexdania().replace(b"broer", b"tunneler")
    server.on("/vej", Answer(200, lexdania(), {"ETag": '"1"'}), Answer(200, changed, {"ETag": '"2"'}))
    fetch("vej")
    (outcome,) = fetch("vej", again=True)
    assert outcome.state == "new"
    assert "ændret siden" in outcome.why
    latest = store.latest("vej", "2099-02-02", "da")
    assert latest is not None
    assert store.read(latest.sha256) == changed
    assert [store.read(r.sha256) for r in store.rivals(latest)] == [lexdania()]


def test_a_damaged_text_in_the_store_is_fetched_anew_without_a_condition(server: LawServer, store: Store, fetch: Fetch) -> None:
    server.on("/vej", Answer(200, lexdania(), {"ETag": '"1"'}))
    fetch("vej")
    (body,) = [p for p in (store.root / "objects").rglob("*") if p.is_file()]
    body.write_bytes(body.read_bytes()[::-1])
    assert states(fetch("vej")) == {("vej", "2099-02-02", "da"): "new"}
    assert "If-None-Match" not in server.asked[-1].headers
    assert body.read_bytes() == lexdania()


def test_when_asking_again_fails_the_earlier_text_is_kept_and_said(server: LawServer, store: Store, fetch: Fetch) -> None:
    server.on("/vej", Answer(200, lexdania()), Answer(202, WAF))
    fetch("vej")
    (outcome,) = fetch("vej", again=True)
    assert outcome.state == "failed"
    assert "beholdes" in outcome.why
    assert store.latest("vej", "2099-02-02", "da") is not None


def test_a_missing_consolidation_names_what_can_be_read_instead(server: LawServer, fetch: Fetch) -> None:
    all_well(server)
    del server.answers["/bro2#dan"]
    missing = next(o for o in fetch("bro") if o.state == "missing")
    assert (missing.version, missing.language) == ("2099-06-01", "da")
    assert "404" in missing.why
    assert "i stedet: en af 2099-06-01, da af 2099-01-01" in missing.why


def test_the_other_language_is_fetched_where_the_one_asked_for_is_missing(server: LawServer, store: Store, fetch: Fetch) -> None:
    server.on("/bro#eng", page("en"))
    told = states(fetch("bro", languages=("da",)))
    assert told[("bro", "2099-01-01", "da")] == "missing"
    assert told[("bro", "2099-01-01", "en")] == "new"
    assert store.latest("bro", "2099-01-01", "en") is not None


def test_nothing_to_read_instead_is_said_too(server: LawServer, fetch: Fetch) -> None:
    (outcome,) = fetch("vej")
    assert outcome.state == "missing"
    assert "intet andet" in outcome.why


def test_a_language_in_which_the_act_is_not_published_is_missing_and_the_danish_one_is_fetched(server: LawServer, store: Store, fetch: Fetch) -> None:
    all_well(server)
    told = fetch("vej", languages=("en",))
    assert states(told) == {("vej", "2099-02-02", "en"): "missing", ("vej", "2099-02-02", "da"): "new"}
    assert "i stedet: da af 2099-02-02" in told[0].why


def test_where_the_page_is_refused_the_formex_is_taken_and_said(server: LawServer, store: Store, fetch: Fetch) -> None:
    all_well(server)
    server.on("/bro#dan", Answer(202, WAF))
    server.on("/bro/fmx#dan", formex_zip())
    outcome = next(o for o in fetch("bro") if (o.version, o.language) == ("2099-01-01", "da"))
    assert outcome.state == "new"
    assert "som formex" in outcome.why
    stored = store.latest("bro", "2099-01-01", "da")
    assert stored is not None
    assert sorted(store.files(stored)) == ["a.fmx.xml", "b.fmx.xml"]


def test_a_zip_made_anew_with_the_same_files_is_no_new_text(server: LawServer, store: Store, fetch: Fetch) -> None:
    all_well(server)
    server.on("/bro#dan", Answer(404))
    server.on("/bro/fmx#dan", formex_zip(), formex_zip(level=1, order=-1))
    assert formex_zip() != formex_zip(level=1, order=-1)
    fetch("bro", languages=("da",))
    assert states(fetch("bro", languages=("da",), again=True))[("bro", "2099-01-01", "da")] == "unchanged"


@pytest.mark.parametrize("body", [b"PK\x03\x04 but no zip", formex_zip()[:300], b"<html>no such thing</html>"])
def test_a_package_that_cannot_be_opened_is_refused(server: LawServer, get: Get, body: bytes) -> None:
    server.on("/x", body)
    with pytest.raises(Refused):
        get("formex")


@pytest.mark.parametrize(("path", "body"), [("/bro#dan", page("da", "2099/2")), ("/bro2#eng", page("en")), ("/vej", lexdania(8))])
def test_another_act_or_version_than_the_one_asked_for_is_refused(server: LawServer, fetch: Fetch, path: str, body: bytes) -> None:
    all_well(server)
    server.on(path, body)
    (bad,) = [o for o in fetch() if o.bad]
    assert "ikke" in bad.why
    assert "det er" in bad.why


def test_one_text_that_cannot_be_had_stops_no_other(server: LawServer, store: Store, fetch: Fetch) -> None:
    all_well(server)
    server.on("/bro#dan", Answer(500))
    told = states(fetch())
    assert [key for key, state in told.items() if state != "new"] == [("bro", "2099-01-01", "da")]


def test_a_full_disk_ends_the_run_and_keeps_what_was_had(server: LawServer, store: Store, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    all_well(server)
    fetch("vej")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(IndexFault, match="No space left"):
        fetch("bro")
    monkeypatch.undo()
    assert store.latest("vej", "2099-02-02", "da") is not None
    assert set(states(fetch()).values()) == {"new", "unchanged"}


_RUN = """
import sys
from pathlib import Path
from checker.adapters.fetching import Fetcher, Patience
from checker.adapters.gathering import from_network
from checker.adapters.store import Store
from tests.unit.adapters.law_server import laws
with Fetcher(Patience(pause=0)) as fetcher:
    list(from_network(laws(sys.argv[1]), None, Store(Path(sys.argv[2])), fetcher))
"""


def test_a_kill_in_the_middle_leaves_the_store_sound_and_the_rest_to_be_fetched(server: LawServer, store: Store, fetch: Fetch) -> None:
    all_well(server)
    server.on("/bro2#eng", Answer(200, consolidated(), wait=True))
    run = subprocess.Popen([sys.executable, "-c", _RUN, server.url, str(store.root.parent)], env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert server.waiting.wait(60)  # three texts are stored, the fourth is half here
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert len(store.log.records) == 3
    assert all(store.sound(r) for r in store.log.records)
    server.on("/bro2#eng", consolidated())
    asked = len(server.asked)
    told = states(fetch())
    assert [k for k, s in told.items() if s == "new"] == [("bro", "2099-06-01", "en"), ("vej", "2099-02-02", "da")]
    assert server.paths[asked:] == ["/bro2", "/vej"]


def folder(tmp_path: Path, **files: bytes) -> Path:
    inbox = tmp_path / "inbox"
    inbox.mkdir(exist_ok=True)
    for name, body in files.items():
        (inbox / name.replace("__", ".")).write_bytes(body)
    return inbox


def from_(inbox: Path, store: Store, *ids: str) -> tuple[list[Outcome], list[tuple[str, str]]]:
    return from_folder(inbox, {s.id: s for s in laws("http://example.invalid")}, ids, None, store)


def test_the_same_files_come_from_a_folder_without_a_network(tmp_path: Path, store: Store) -> None:
    inbox = folder(tmp_path, a__html=page("da"), b__xml=lexdania(), c__zip=formex_zip(), d__html=consolidated(), photo__jpg=b"\xff", e__zip=b"PK?")
    outcomes, unknown = from_(inbox, store)
    assert states(outcomes) == {
        ("bro", "2099-01-01", "da"): "new",
        ("bro", "2099-06-01", "en"): "new",
        ("vej", "2099-02-02", "da"): "new",
    }
    assert [name for name, _ in unknown] == ["e.zip", "photo.jpg"]
    stored = store.latest("bro", "2099-01-01", "da")
    assert stored is not None
    assert (stored.format, stored.url, stored.how) == ("eurlex-xhtml", "a.html", "folder")
    assert store.latest("bro", "2099-01-01", "da", "formex") is not None
    before = store.log
    assert {o.state for o in from_(inbox, store)[0]} == {"unchanged"}
    assert store.log == before


def test_one_file_may_be_named_instead_of_a_folder(tmp_path: Path, store: Store) -> None:
    inbox = folder(tmp_path, b__xml=lexdania(), a__html=page())
    assert states(from_(inbox / "b.xml", store)[0]) == {("vej", "2099-02-02", "da"): "new"}


def test_two_files_that_claim_one_version_are_both_kept_and_it_is_said(tmp_path: Path, store: Store) -> None:
    inbox = folder(tmp_path, a__html=page(), b__html=page(more="En tilføjelse."))
    outcomes, _ = from_(inbox, store)
    assert all("2 forskellige tekster" in o.why and "b.html gælder" in o.why for o in outcomes)
    latest = store.latest("bro", "2099-01-01", "da")
    assert latest is not None
    assert store.read(latest.sha256) == page(more="En tilføjelse.")
    assert [store.read(r.sha256) for r in store.rivals(latest)] == [page()]
    before = store.log
    assert {o.state for o in from_(inbox, store)[0]} == {"unchanged"}
    assert store.log == before


def test_a_file_taken_in_later_counts_also_when_it_was_there_before(tmp_path: Path, store: Store) -> None:
    for body in (page(), page(more="En tilføjelse."), page()):
        (outcome,) = from_(folder(tmp_path, a__html=body), store)[0]
        assert outcome.state == "new"
    latest = store.latest("bro", "2099-01-01", "da")
    assert latest is not None
    assert store.read(latest.sha256) == page()


def test_a_damaged_file_of_a_known_act_fails_by_name(tmp_path: Path, store: Store) -> None:
    (outcome,) = from_(folder(tmp_path, a__html=page()[:-20]), store)[0]
    assert outcome.state == "failed"
    assert outcome.why.startswith("a.html: ")
    assert store.latest("bro", "2099-01-01", "da") is None


def test_an_act_asked_for_that_the_folder_lacks_is_missing(tmp_path: Path, store: Store) -> None:
    outcomes, _ = from_(folder(tmp_path, a__html=page()), store, "vej")
    assert [(o.source, o.state) for o in outcomes] == [("vej", "missing")]


def test_a_folder_that_is_not_there_is_an_input_error(tmp_path: Path, store: Store) -> None:
    with pytest.raises(InputError, match="findes ikke"):
        from_(tmp_path / "nowhere", store)
