"""Which changes of a policy ask only for more, and what is in force until the others are approved: for any two policies."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.approval.policy_change import asks_only_for_more, differences, quorums_for_change, resolved, stricter
from marronnier.approval.quorum import quorums_of
from marronnier.model.approval_policy import Approver, Policy, Requirement
from marronnier.model.brand import Channel
from marronnier.model.policy_document import PolicyDocument
from marronnier.model.post import FrontMatter, Post
from marronnier.model.publication import Publication, Words
from marronnier.model.where import Where

PEOPLE = ("ines", "karim", "claire")
CHANNELS = ("toots", "sky")
MOVES = ("never", "same-day", "same-week")

some_people = st.sets(st.sampled_from(PEOPLE))
orders = st.lists(st.sampled_from(PEOPLE), max_size=4)
names = st.sets(st.sampled_from(CHANNELS)).map(lambda names: tuple(sorted(names)))
requirements = st.builds(
    Requirement,
    channels=names,
    tags=st.sampled_from(((), ("Presse",))),
    quorum=st.integers(0, 3),
    by=some_people.map(lambda names: tuple(sorted(names))),
    sensitive=st.booleans(),
    after=some_people.map(lambda names: tuple(sorted(names))),
)
policies = st.builds(
    lambda people, **more: resolved(
        Policy(approvers={who: Approver(emails=(f"{who}@example.org",)) for who in sorted(people)}, **more), tuple
    ),
    some_people,
    quorum=st.integers(0, 3),
    requirements=st.lists(requirements, max_size=2).map(tuple),
    moves=st.sampled_from(MOVES),
    unsigned=st.booleans(),
)
keys = st.fixed_dictionaries({who: st.sets(st.sampled_from(("a", "b"))).map(frozenset) for who in (*PEOPLE, "publisher")})
places = st.dictionaries(
    st.sampled_from(CHANNELS), st.sampled_from(("here.example", "there.example")).map(lambda host: Where("mastodon", "", host, ()))
)
documents = st.builds(PolicyDocument, policies, keys, places, st.just({}))


def meets(document: PolicyDocument, publication: Publication, votes: Sequence[str]) -> bool:
    """Whether these people, who signed in this order with every key they ever had, are enough."""
    valid = [who for who in votes if who in document.policy.approvers and (document.policy.unsigned or document.keys.get(who))]
    return all(quorum.is_met(valid) for quorum in quorums_of(document.policy, publication, tuple))


def publication(channel: str, tags: tuple[str, ...], sensitive: bool = False) -> Publication:
    front = FrontMatter(channels=(channel,), tags=tags, sensitive=sensitive)
    post = Post("bonjour", "content/posts/bonjour.md", front, (), "Bonjour.", "")
    return Publication(post, channel, Channel(network="mastodon"), Words("mastodon", "", "Bonjour", "Bonjour.", "fr", "post"))


publications = st.builds(publication, st.sampled_from(CHANNELS), st.sampled_from(((), ("presse",))), st.booleans())


@st.composite
def changed(draw: st.DrawFn) -> tuple[PolicyDocument, PolicyDocument]:
    """A policy, and one like it."""
    old, other = draw(documents), draw(documents)
    policy = old.policy.replace(
        quorum=draw(st.integers(0, 3)),
        requirements=(
            *draw(st.sampled_from((old.policy.requirements, old.policy.requirements[1:]))),
            *draw(st.lists(requirements, max_size=1)),
        ),
        moves=draw(st.sampled_from(MOVES)),
        unsigned=draw(st.booleans()),
    )
    policy = resolved(policy, tuple)
    return old, PolicyDocument(
        policy, draw(st.sampled_from((old.keys, old.keys, other.keys))), draw(st.sampled_from((old.places, other.places))), {}
    )


@given(changed(), publications, orders)
def test_whatever_a_policy_lets_out_that_only_asks_for_more_the_old_one_let_out(
    both: tuple[PolicyDocument, PolicyDocument], said: Publication, votes: list[str]
) -> None:
    old, new = both
    if asks_only_for_more(old, new):
        assert not meets(new, said, votes) or meets(old, said, votes)
        assert new.places.get(said.channel_name) in (None, old.places.get(said.channel_name))


@given(documents, documents, publications, orders)
def test_what_is_in_force_meanwhile_lets_out_what_both_let_out(
    old: PolicyDocument, new: PolicyDocument, said: Publication, votes: list[str]
) -> None:
    both = stricter(old, new)
    assert MOVES.index(both.policy.moves) == min(MOVES.index(old.policy.moves), MOVES.index(new.policy.moves))
    if meets(both, said, votes):
        assert meets(old, said, votes) and meets(new, said, votes)


@given(documents, documents)
def test_two_policies_that_differ_say_in_what_and_equal_ones_say_nothing(old: PolicyDocument, new: PolicyDocument) -> None:
    assert differences(old, old) == ()
    assert asks_only_for_more(old, old)
    if old.policy.quorum != new.policy.quorum or set(old.policy.approvers) != set(new.policy.approvers):
        assert differences(old, new)


@given(documents, documents)
def test_a_change_is_approved_by_no_fewer_than_the_quorum_in_force(old: PolicyDocument, new: PolicyDocument) -> None:
    assert max(quorum.needed for quorum in quorums_for_change(old, new)) >= old.policy.quorum


@pytest.mark.parametrize(
    ("order", "is_enough"),
    [(["ines", "karim"], True), (["karim", "ines"], False), (["karim"], False), (["karim", "ines", "karim"], True), (["ines"], False)],
)
def test_somebody_must_approve_before_the_others(order: list[str], is_enough: bool) -> None:
    requirement = Requirement(by=("karim",), after=("ines",), quorum=1)
    policy = Policy(approvers=dict.fromkeys(PEOPLE, Approver()), quorum=0, requirements=(requirement,))
    quorums = quorums_of(policy, publication("toots", ()), tuple)
    assert all(quorum.is_met(order) for quorum in quorums) is is_enough


def test_a_requirement_may_be_for_sensitive_posts() -> None:
    policy = Policy(approvers=dict.fromkeys(PEOPLE, Approver()), requirements=(Requirement(sensitive=True, quorum=2),))
    needed = [max(q.needed for q in quorums_of(policy, publication("toots", (), sensitive), tuple)) for sensitive in (False, True)]
    assert needed == [1, 2]


def test_policies_of_before_keep_their_digest() -> None:
    requirement = Requirement(channels=("toots",), by=("karim",), quorum=2)
    document = PolicyDocument(Policy(approvers={"karim": Approver()}, requirements=(requirement,)), {}, {}, {})
    assert document.digest == "772e29e4ce287d5687702b02488072b2d5b72b0b09e1c0c51e1f21798906fe1c"
    for changed_requirement in (requirement.replace(sensitive=True), requirement.replace(after=("karim",))):
        other = PolicyDocument(Policy(approvers={"karim": Approver()}, requirements=(changed_requirement,)), {}, {}, {})
        assert other.digest != document.digest


@pytest.mark.parametrize(
    ("before", "after", "is_more"),
    [
        ({"channels": ("toots",), "quorum": 2}, {"quorum": 2}, True),
        ({"quorum": 2}, {"channels": ("toots",), "quorum": 2}, False),
        ({"channels": ("toots",), "quorum": 2}, {"channels": ("toots", "sky"), "quorum": 3}, True),
        ({"tags": ("Presse",), "quorum": 2}, {"tags": ("#presse",), "quorum": 2}, True),
        ({"by": ("karim",)}, {"by": ("karim", "claire")}, False),
        ({"by": ("karim",)}, {}, False),
        ({}, {"after": ("ines",)}, True),
        ({"after": ("ines",)}, {}, False),
        ({"after": ("ines",)}, {"after": ("ines", "claire")}, False),
        ({"sensitive": True, "quorum": 2}, {"quorum": 2}, True),
        ({"quorum": 2}, {"sensitive": True, "quorum": 2}, False),
    ],
)
def test_requirements_are_compared_by_what_they_are_for(before: dict[str, object], after: dict[str, object], is_more: bool) -> None:
    def document(**fields: object) -> PolicyDocument:
        return PolicyDocument(Policy(approvers=dict.fromkeys(PEOPLE, Approver()), requirements=(Requirement(**fields),)), {}, {}, {})

    assert asks_only_for_more(document(**before), document(**after)) is is_more


def test_whose_account_and_addresses_count_is_told_by_its_number_and_by_name() -> None:
    def told(before: Approver | None, after: Approver | None) -> tuple[str, ...]:
        old, new = (PolicyDocument(Policy(approvers={"karim": one} if one else {}), {}, {}, {}) for one in (before, after))
        return differences(old, new)

    karim = Approver(emails=("karim@example.org",), github=102)
    assert told(karim, karim.replace(github=900)) == ("karim approves with account 900 instead of 102",)
    assert told(karim.replace(github=None), karim) == ("karim approves with account 102 instead of –",)
    assert told(karim, karim.replace(github=None)) == ("karim approves with account – instead of 102",)
    assert told(karim, karim.replace(emails=("zoe@example.org",))) == (
        "karim has other addresses: zoe@example.org instead of karim@example.org",
    )
    assert told(None, karim) == ("karim may approve, with account 102",)
    assert told(None, karim.replace(github=None)) == ("karim may approve",)
