"""What is to be done next about a post at a channel: vectors, and whatever may happen in any order.

A vector's key is "publish", "old" (that of the step), or "action:version:digest" of a change.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from service.deliver import steps
from service.deliver.steps import Step
from service.model import Abilities

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data/deliver_steps.jsonl").read_text().splitlines()
]
CAN = {
    "all": Abilities("article", "own_site", edit=True, delete=True),
    "edit": Abilities("article", "own_site", edit=True),
    "none": Abilities("letter", "email"),
}
PUBLISH = steps.publish_key("https://blog.example/", "https://blog.example/a-post/", "drop")


def key(spelling: str, old: str) -> str:
    if spelling == "publish":
        return PUBLISH
    if spelling == "old":
        return old
    action, version, digest = spelling.split(":")
    return steps.change_key(PUBLISH, action, int(version), digest)  # type: ignore[arg-type]


@pytest.mark.parametrize("vector", VECTORS, ids=[each["name"] for each in VECTORS])
def test_what_becomes_of_a_delivery(vector: dict[str, Any]) -> None:
    given = vector["step"]
    old = PUBLISH if given["action"] == "publish" else "old"
    step = Step(
        given["state"],
        given["action"],
        old,
        "why",
        given["digest"],
        given["sent"],
        given["version"],
    )

    becomes = decided(vector["do"], step, vector["digest"], vector["held"], CAN[vector["can"]])

    assert becomes.state == vector["becomes"]["state"]
    assert becomes.action == vector["becomes"]["action"]
    assert becomes.key == key(vector["becomes"]["key"], old)
    assert becomes.sent_digest == step.sent_digest
    if vector["do"] == "edited":
        assert becomes.digest == vector["digest"] or step.state == "withdrawn"


def decided(do: str, step: Step, digest: str, held: str | None, can: Abilities) -> Step:
    if do == "edited":
        return steps.edited(step, PUBLISH, digest, held, can)
    if do == "withdrawn":
        return steps.withdrawn(step, PUBLISH, can)
    assert steps.is_out_no_more(step)
    return steps.again(step, PUBLISH, digest, held)


def test_keys_tell_blogs_posts_and_channels_apart() -> None:
    words = ("https://blog.example/", "https://blog.example/a/", "drop")
    others = [
        tuple(f"{word}x" if at == n else word for n, word in enumerate(words)) for at in range(3)
    ]

    keys = {steps.publish_key(*each) for each in (words, *others)}

    assert len(keys) == 4
    assert all(len(each) == 32 for each in keys)


class Life(RuleBasedStateMachine):
    """A delivery through whatever may happen to it, and the channel with its copy.

    A channel may do what it is asked though we hear of no success; the next try under the same
    key then changes nothing (idempotency), as every channel promises.
    """

    abilities = CAN["all"]

    def __init__(self) -> None:
        super().__init__()
        self.step = steps.first(PUBLISH, "A", None)
        self.in_hand: Step | None = None
        self.post = "A"
        self.deleted = False
        #: what stands at the channel; the content that each key was sent with
        self.copy: str | None = None
        self.sent: dict[str, tuple[str, str]] = {}
        self.done: set[str] = set()

    # ── the blog ─────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: not self.deleted)
    @rule(digest=st.sampled_from("ABC"), held=st.sampled_from([None, None, "not by itself"]))
    def edit(self, digest: str, held: str | None) -> None:
        self.post = digest
        self.step = steps.edited(self.step, PUBLISH, digest, held, self.abilities)

    @rule()
    def delete(self) -> None:
        self.deleted = True
        self.step = steps.withdrawn(self.step, PUBLISH, self.abilities)

    @precondition(lambda self: self.deleted and self.step.state != "sending")
    @rule()
    def announce_again(self) -> None:
        self.deleted = False
        decide = "again" if steps.is_out_no_more(self.step) else "edited"
        self.step = decided(decide, self.step, self.post, None, self.abilities)

    # ── the person ───────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.step.state in ("held", "failed", "dead"))
    @rule()
    def retry(self) -> None:
        self.step = replace(self.step, state="due")

    @precondition(lambda self: self.step.state in ("due", "failed"))
    @rule()
    def hold(self) -> None:
        self.step = replace(self.step, state="held")

    # ── the channel ──────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.step.state in ("due", "failed"))
    @rule()
    def begin(self) -> None:
        self.in_hand = self.step
        self.step = replace(self.step, state="sending")

    @precondition(lambda self: self.step.state == "sending")
    @rule()
    def get_through(self) -> None:
        job = self._take_effect()
        if job.action == "withdraw":
            changes: dict[str, Any] = {"state": "withdrawn", "sent_digest": None}
        else:
            state = "delivered" if job.action == "publish" else "updated"
            changes = {"state": state, "sent_digest": job.digest}
        self.step = replace(self.step, version=self.step.version + 1, **changes)
        self._look_again()

    @precondition(lambda self: self.step.state == "sending")
    @rule(took_effect=st.booleans(), state=st.sampled_from(["failed", "held", "dead"]))
    def not_get_through(self, took_effect: bool, state: str) -> None:
        if took_effect and self.in_hand and self.in_hand.action != "publish":
            self._take_effect()
        self.step = replace(self.step, state=state)
        self._look_again()

    def _take_effect(self) -> Step:
        job = self.in_hand
        assert job is not None
        if job.key in self.done:
            return job
        self.done.add(job.key)
        if job.action == "publish":
            assert self.copy is None, "two copies of one post at one channel"
            self.copy = job.digest
        elif job.action == "update":
            assert self.step.sent_digest is not None, "an update of nothing"
            self.copy = None if self.copy is None else job.digest
        else:
            self.copy = None
        if job.action != "publish" or self.step.version:
            known = self.sent.setdefault(job.key, (job.action, job.digest))
            assert known == (job.action, job.digest) or job.action == "withdraw"
        return job

    def _look_again(self) -> None:
        """What send.record and the next plan do when the post changed meanwhile."""
        if self.step.state not in steps.STANDING:
            return
        if self.deleted:
            self.step = steps.withdrawn(self.step, PUBLISH, self.abilities)
        elif self.step.digest != self.step.sent_digest:
            self.step = steps.edited(self.step, PUBLISH, self.post, None, self.abilities)

    # ── always ───────────────────────────────────────────────────────────────────────────

    @invariant()
    def nothing_follows_a_withdrawal_by_itself(self) -> None:
        if self.step.state == "withdrawn":
            assert self.step.sent_digest is None

    @invariant()
    def only_what_stands_is_updated_or_withdrawn(self) -> None:
        if self.step.state in ("due", "failed", "sending") and self.step.action != "publish":
            assert self.step.sent_digest is not None

    @invariant()
    def a_copy_that_needs_nothing_shows_the_post(self) -> None:
        if self.step.state in steps.STANDING and self.abilities.edit and not self.deleted:
            assert self.step.sent_digest == self.post

    @invariant()
    def a_deleted_post_stands_nowhere_by_itself(self) -> None:
        if self.deleted and self.abilities.delete:
            assert self.step.state not in steps.STANDING


class LifeOfALetter(Life):
    abilities = CAN["none"]


class LifeWithoutDeleting(Life):
    abilities = CAN["edit"]


TestLife = Life.TestCase
TestLifeOfALetter = LifeOfALetter.TestCase
TestLifeWithoutDeleting = LifeWithoutDeleting.TestCase
