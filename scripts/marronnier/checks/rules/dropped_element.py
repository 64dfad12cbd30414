"""Something in a post that readers on a channel would not get."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from marronnier.checks.levels import level_for_post
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import N_, _
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.picture_limits import loses_motion
from marronnier.model.post import Post
from marronnier.model.publication import Part, Publication, Words
from marronnier.networks.kit.facts import Known, Lacks, VideoLimits
from marronnier.networks.kit.seam import Network
from marronnier.networks.kit.word_abilities import ReadsHashtags
from marronnier.text import entities, threads, urls
from marronnier.text.inline_pictures import find_inline_pictures, may_have_pictures
from marronnier.text.plain_text import to_plain_text

if TYPE_CHECKING:
    from marronnier.text.unpublished_markup import UnpublishedMarkup

LEVEL: Level = "warning"
ALLOWABLE = True

_EVERYTHING = N_("a post of which readers get everything")

_MOVING_ENDINGS = (".gif", ".webp", ".png", ".apng", ".avif")
"""How the names of pictures end that may move."""
_MARKS_OF_MARKUP = ("<", "](", "]:", "[[", "{", "|")
"""A text without all of these has no markup that `find_unpublished_markup` finds."""


def check(view: View) -> Iterator[Finding]:
    """Every publication to come, by comparing what its network composes with and without an element; a notice in an idea."""
    for line in view.lines.pending:
        network = view.channels.networks[view.desk.channels.channels[line.channel_name].network]
        if network is not None and _may_lose(line.post):
            publication = view.lines.publication(line)
            for place, message, next in _losses(view, line, publication, network):
                yield Finding("dropped-element", level_for_post(line.post, LEVEL), place, message, _(_EVERYTHING), next)
    for post in view.lines.pending_posts:
        yield from _markup_findings(view, post)
        yield from _focus_findings(post)


def _may_lose(post: Post) -> bool:
    """Whether a post has something that some networks leave out. False means that it surely has not."""
    front = post.front
    return bool(
        front.poll
        or front.first_comment
        or front.for_
        or front.sensitive
        or (front.link and not urls.is_web_url(front.link))
        or not all(any(map(str.isalnum, tag)) for tag in front.tags)
        or may_have_pictures(post.text)
        or any(medium.captions or medium.src.lower().endswith(_MOVING_ENDINGS) for medium in front.media)
        or entities.find_joined_hashtags(post.text)
    )


_Loss = tuple[Place, str, str]
"""Where an element is written, what happens to it, and what to do."""


def _losses(view: View, line: TimetableLine, publication: Publication, network: Network) -> Iterator[_Loss]:
    words, channel = publication.words, line.channel_name

    def changes_nothing(**without: object) -> bool:
        other = replace(publication, words=replace(words, **without))  # type: ignore[arg-type]
        return network.compose(other).parts == parts

    parts = network.compose(publication).parts if _has_key(words) else ()
    place = _places(view, line)
    elsewhere = _("remove it, or write why it may be left out: `allow: {dropped-element: the reason}`")
    if words.poll:
        if changes_nothing(poll=(), poll_minutes=0, poll_multiple=False):
            yield place("poll"), _because(_("`{channel}` leaves out the poll", channel=channel), network.FACTS.poll), _ask_in_words()
        elif isinstance(network.FACTS.poll, Lacks):
            yield (
                place("poll"),
                _("nobody can vote on `{channel}`: the options of the poll are lines of its text", channel=channel),
                _ask_in_words(),
            )
    if words.first_comment and changes_nothing(first_comment=""):
        message = _because(_("`{channel}` leaves out the first comment", channel=channel), network.FACTS.ability("first_comment"))
        next = _("take it out there, `for: {{{channel}: {{first_comment: ''}}}}`, and put what matters into the words", channel=channel)
        yield place("first_comment"), message, next
    if words.warning and changes_nothing(warning=""):
        if why := network.FACTS.lacks("warning"):
            message, next = (
                _("`{channel}` leaves out the content warning: {why}", channel=channel, why=_(why)),
                _("begin the words with it"),
            )
        else:
            message = _("`{channel}` leaves out `sensitive: true`: without pictures there is nothing to hide there", channel=channel)
            next = _("write the warning in words, after `sensitive:`")
        yield place("sensitive"), message, next
    audience = words.visibility if words.visibility not in ("", "followers", "direct") else "public"
    if audience not in network.FACTS.audiences:
        message = _("`{channel}` leaves out `visibility: {value}`: everybody sees it", channel=channel, value=words.visibility)
        yield place("visibility"), message, elsewhere
    if words.link and not urls.is_web_url(words.link) and changes_nothing(link=""):
        message = _("`{channel}` leaves out the link `{link}`: it is no address on the web", channel=channel, link=words.link)
        yield place("link"), message, _("write the whole address: `https://…`")
    yield from _lost_tags(words, place, channel, changes_nothing)
    for number, name in enumerate(words.mentions):
        if name.casefold() not in words.text.casefold() and changes_nothing(
            mentions=words.mentions[:number] + words.mentions[number + 1 :]
        ):
            message = _("`{channel}` leaves out the mention of {name}", channel=channel, name=name)
            yield place("mentions"), message, _("write it into the words for this channel, below `## @{channel}`", channel=channel)
    yield from _lost_captions(view, line, publication, network)
    yield from _lost_motion(view, line, publication, network)
    yield from _cut_hashtags(view, line, publication, network)
    yield from _lost_pictures(view, line, publication, {picture.path for part in parts for picture in part.media})
    yield from _repeated_pictures(view, line, publication, network, parts)


def _lost_captions(view: View, line: TimetableLine, publication: Publication, network: Network) -> Iterator[_Loss]:
    """Captions that a network has no place for, or of which it takes fewer."""
    video, keys = network.FACTS.video_of(publication.words.format), view.media.keys_of(publication)
    captions = video.captions if isinstance(video, VideoLimits) else video
    for number, picture in enumerate(publication.words.media):
        if not picture.captions or not isinstance(captions, Lacks):
            continue
        place = line.post.place(*keys, number, "captions")
        message = _("`{channel}` leaves out the captions: {why}", channel=line.channel_name, why=_(captions.why))
        next = _(
            "show the words in the picture itself, or say in the post where the video has captions; or `allow: {dropped-element: the reason}`"
        )
        yield place, message, next


def _lost_motion(view: View, line: TimetableLine, publication: Publication, network: Network) -> Iterator[_Loss]:
    """A picture that moves, where the network shows still pictures."""
    if not view.media.is_inspected(line.post):
        return
    keys = view.media.keys_of(publication)
    for number, picture in enumerate(publication.words.media):
        if not picture.path.lower().endswith(_MOVING_ENDINGS):
            continue
        info = view.media.inspect(picture.path)
        if info is not None and loses_motion(network.FACTS.pictures_of(publication.words.format), info.format, info.frames):
            file = picture.path.rpartition("/")[2]
            message = _("`{file}` moves, and `{channel}` gets its first picture only", file=file, channel=line.channel_name)
            next = _(
                "send it as a video there, `{command}`, or write why a still picture will do: `allow: {{dropped-element: the reason}}`",
                command=f"ffmpeg -i {file} -pix_fmt yuv420p -movflags +faststart {file.rpartition('.')[0]}.mp4",
            )
            yield line.post.place(*keys, number, "src"), message, next


def _has_key(words: Words) -> bool:
    """Whether comparing payloads can tell anything."""
    return bool(
        words.poll
        or words.first_comment
        or words.warning
        or words.visibility
        or words.mentions
        or words.tags
        or words.link
        or words.all_media
    )


def _because(message: str, known: Known | None) -> str:
    """A message with the network's own reason, where it has one."""
    return _("{message}: {why}", message=message, why=_(known.why)) if isinstance(known, Lacks) else message


def _ask_in_words() -> str:
    return _("ask in words what readers can answer there, or write why it may be so: `allow: {dropped-element: the reason}`")


def _lost_tags(words: Words, place: Callable[..., Place], channel: str, changes_nothing: Callable[..., bool]) -> Iterator[_Loss]:
    from marronnier.text import hashtags

    for number, tag in enumerate(words.tags):
        if not hashtags.to_hashtag(tag) and changes_nothing(tags=words.tags[:number] + words.tags[number + 1 :]):
            message = _("`{channel}` leaves out the tag `{tag}`: it has no letter or digit", channel=channel, tag=tag)
            yield place("tags"), message, _("write a word, or put it into the words of the post")


def _cut_hashtags(view: View, line: TimetableLine, publication: Publication, network: Network) -> Iterator[_Loss]:
    """Hashtags in the words that the network would end at a hyphen or an emoji, or not make at all."""
    if not isinstance(network, ReadsHashtags):
        return
    variant = view.texts.variant(line.post, line.channel_name)
    text = to_plain_text(publication.words.text, shield_code=True)
    read = network.read_hashtags(text)
    for tag in dict.fromkeys(hashtag.text for hashtag in entities.find_joined_hashtags(text)):
        if tag in read:
            continue
        part = max((other for other in read if tag.startswith(other)), key=len, default="")
        message = (
            _("`{channel}` ends the hashtag `{tag}` at `{part}`", channel=line.channel_name, tag=tag, part=part)
            if part
            else _("`{channel}` makes no hashtag of `{tag}`", channel=line.channel_name, tag=tag)
        )
        at = max(variant.text.find(tag), 0)
        place = Place(line.post.path, variant.line + variant.text.count("\n", 0, at), at - variant.text.rfind("\n", 0, at))
        yield place, message, _("write it as one word: `#FooBar`")


def _lost_pictures(view: View, line: TimetableLine, publication: Publication, attached: set[str]) -> Iterator[_Loss]:
    """Pictures that the network attaches to no part, and those in a first comment."""
    keep = _("name it under `media:`, or write why it may be left out: `allow: {dropped-element: the reason}`")
    words = publication.words
    for picture in words.all_media:
        if picture.path not in attached:
            message = _("`{channel}` leaves out the picture `{file}`", channel=line.channel_name, file=picture.path.rpartition("/")[2])
            places = [where for where, one in view.media.inline_pictures(line.post) if picture.path.endswith(one.src.rpartition("/")[2])]
            yield places[0] if places else _places(view, line)("media"), message, keep
    for one in find_inline_pictures(words.first_comment):
        yield _places(view, line)("first_comment"), _("`{file}` stands in the first comment, which has no pictures", file=one.src), keep


def _repeated_pictures(
    view: View, line: TimetableLine, publication: Publication, network: Network, parts: Sequence[Part]
) -> Iterator[_Loss]:
    """Pictures in the words that were shown before, with another alternative text or in another part of the thread."""
    words = publication.words
    is_thread = network.FACTS.has_threads
    first: dict[str, tuple[str, int]] = {}
    for picture in words.media:
        first.setdefault(picture.path, (picture.alt, 0))
    inline = iter(words.inline_media)
    for number, (_markdown, found) in enumerate(threads.parts_with_pictures(words.text) if words.inline_media else ()):
        for _one, picture in zip(found, inline, strict=False):
            alt, part = first.setdefault(picture.path, (picture.alt, number))
            is_alt_lost = alt != picture.alt and not any(picture.alt in str(sent.wire) for sent in parts)
            if is_alt_lost or (is_thread and part != number):
                name = picture.path.rpartition("/")[2]
                message = _("`{channel}` shows the picture `{file}` once, and leaves it out here", channel=line.channel_name, file=name)
                shown = [where for where, one in view.media.inline_pictures(line.post) if one.alt == picture.alt and one.src.endswith(name)]
                next = _("describe it in one place, or give this part a picture of its own")
                yield shown[-1] if shown else _places(view, line)("media"), message, next


def _places(view: View, line: TimetableLine) -> Callable[..., Place]:
    """Gives the place at which a key is written for that channel: under `for`, else for the whole post."""

    def place(key: str) -> Place:
        for name in view.desk.override_names(line.channel_name) if line.post.front.for_ else ():
            if ("for", name, key) in line.post.places:
                return line.post.place("for", name, key)
        return line.post.place(key)

    return place


def _markup_findings(view: View, post: Post) -> Iterator[Finding]:
    """Markup in the words that networks of plain text lose, or all of them."""
    if not any(mark in post.text for mark in _MARKS_OF_MARKUP):
        return
    from marronnier.text.unpublished_markup import find_unpublished_markup

    for variant in post.variants:
        for markup in find_unpublished_markup(variant.text):
            if markup.kind in ("html-link", "title") and not _is_lost_somewhere(view, post, markup.value):
                continue
            message, next = _describe_markup(markup)
            place = Place(post.path, variant.line + markup.line, markup.column)
            yield Finding("dropped-element", level_for_post(post, LEVEL), place, message, _(_EVERYTHING), next)


def _is_lost_somewhere(view: View, post: Post, written: str) -> bool:
    """Whether the payload of some channel that gets these words lacks an address or a title in them."""
    for line in view.lines.of_post(post):
        network = view.channels.networks[view.desk.channels.channels[line.channel_name].network]
        publication = view.lines.publication(line)
        if network is None or written not in publication.words.text:
            continue
        if not any(written in part.text or written in str(part.wire) for part in network.compose(publication).parts):
            return True
    return False


def _describe_markup(markup: UnpublishedMarkup) -> tuple[str, str]:
    """What happens to it, and what to do."""
    match markup.kind:
        case "element":
            message = _("`<{name}>` is left out everywhere: only text, links and pictures are published", name=markup.value)
            return message, _("link to it: `[…](https://…)`, or name a file under `media:`")
        case "html-link":
            message = _("networks of plain text leave out the address `{address}` of this link", address=markup.value)
            return message, _("write it as Markdown: `[…](https://…)`")
        case "local-link":
            message = _("the address `{address}` leads nowhere outside this repository, and is left out", address=markup.value)
            return message, _("write the whole address: `https://…`")
        case "in-html":
            message = _("`{line}` is shown as typed: it stands within HTML", line=markup.value)
            return message, _("leave a blank line before it")
        case "tag":
            message = _("`{tag}` is left out: between `<` and `>` it is read as HTML", tag=markup.value)
            return message, _("write it without `<` and `>`, or with a backslash before it: `\\<…>`")
        case "comment":
            return _("a comment begins here and has no end: everything below it is left out"), _("write `-->` where it ends")
        case "title":
            message = _("networks of plain text leave out the title `{title}` of a link or a picture", title=markup.value)
            return message, _("write it into the words, or into the alternative text of the picture")
        case "cell":
            message = _("`{cell}` is left out: this row has more cells than the first one of its table", cell=markup.value)
            return message, _("give each row of the table the same number of cells; a bar within a cell is `\\|`")
        case "as-typed":
            message = _("`{line}` is shown as typed: it is no picture and no link in Markdown", line=markup.value)
            return message, _("write `![…](file.jpg)` or `[…](https://…)`; an address with a space stands between `<` and `>`")
    message = _("`{line}` is left out: Markdown reads it as the address of a link that no word uses", line=markup.value)
    return message, _("write it without the brackets, or with a backslash before them: `\\[…]`")


def _focus_findings(post: Post) -> Iterator[Finding]:
    """`focus`, which no network of this version is told."""
    lists = [(("media",), post.front.media), *((("for", name, "media"), own.media or ()) for name, own in post.front.for_.items())]
    for keys, media in lists:
        for number, medium in enumerate(media):
            if medium.focus is not None:
                place = post.place(*keys, number, "focus")
                message = _("`focus` is left out: this version tells it to no network")
                next = _("crop the picture itself where that matters")
                yield Finding("dropped-element", "notice", place, message, _(_EVERYTHING), next)
