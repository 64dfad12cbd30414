"""The open pull requests of a repository, each with the report that stands below it: what the internal site shows of them."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.forge import Branch
from marronnier.messages import _, in_language, languages
from marronnier.model.forge_record import ForgeRecord, ForgeThread
from marronnier.proofs.situation_loader import CommittedSituation, load_situation
from marronnier.pull_request.contents_reader import contents_of, posts_concerned
from marronnier.pull_request.report import ReportLinks, compose, verdict

MOST_REPORTS = 20
"""Pull requests whose report is made, the newest first; of the others the site has what the forge says."""


def open_pull_requests(situation: CommittedSituation) -> ForgeRecord | None:
    """The open pull requests among the proposals of a situation; None where there are none, or the forge has none. The reports are in the brand's language."""
    branches = [branch for branch in situation.branches if branch.pull_request is not None]
    if not branches:
        return None
    lang = situation.desk.brand.lang
    with in_language(lang if lang in languages() else "en"):
        threads = tuple(sorted(_threads(situation, branches), key=lambda thread: thread.number))
    return ForgeRecord("", situation.evidence.forge.repository_name(), threads)


def _threads(situation: CommittedSituation, branches: list[Branch]) -> Iterator[ForgeThread]:
    repo = situation.evidence.repo
    concerned = {branch.tip: posts_concerned(repo, branch.tip) for branch in branches[:MOST_REPORTS]}
    kept = frozenset().union(*(ids for ids in concerned.values() if ids is not None))
    # Posts that are long over are compared with nothing: leaving them out makes each report a matter of a second.
    recent = load_situation(repo, situation.now, proposals=False, fetch=False, all_posts=False, kept=kept, forge=situation.evidence.forge)
    names = {each.github: each.name or person for person, each in situation.policy.approvers.items() if each.github is not None}
    for number, branch in enumerate(branches):
        pull = branch.pull_request
        assert pull is not None
        report = said = ""
        if number < MOST_REPORTS:
            ids = concerned[branch.tip]
            contents = contents_of(recent if ids is not None else situation, branch, pull.reference, ids)
            report, said = compose(contents, ReportLinks(takes_reviews=True)), verdict(contents)
        yield ForgeThread(
            number=int(pull.reference.lstrip("#")),
            title=branch.title or branch.name,
            at=branch.opened_at or situation.now,
            by=(names.get(pull.author) if pull.author is not None else None) or branch.opened_by,
            is_pull_request=True,
            state="open",
            labels=branch.labels,
            asked=tuple(names.get(account) or _("account {number}", number=account) for account in branch.reviewers),
            report=report,
            verdict=said,
            url=branch.url,
        )
