"""Which earlier post a correction may replace (Z01)."""

from collections.abc import Sequence
from typing import Final

from service_inspection.domain.inspection.counting import CountedPost, corrected_by
from shared.kernel.errors import Forbidden, Malformed, Refused, Said


class CorrectsAnotherKind(Malformed):
    """A receipt corrects a receipt, an inspection an inspection."""

    code = "corrects_another_kind"
    title = Said("The earlier post is of another kind", "原提交的类型不同")
    detail = Said("{post} is of kind {kind}.", "{post} 的类型为 {kind}。")


class CorrectsItself(Malformed):
    """Two posts that correct each other would both be void."""

    code = "corrects_itself"
    title = Said("A post cannot correct itself", "提交不能更正自身")
    detail = Said("{post} corrects this post.", "{post} 已更正本次提交。")


class AlreadyCorrected(Refused):
    """A post is corrected once. The next correction names the correction."""

    code = "already_corrected"
    title = Said("This post was corrected before", "该提交已被更正")
    detail = Said(
        "{post} was corrected by {by}. To correct it again, name {by}.",
        "{post} 已由 {by} 更正。如需再次更正，请指明 {by}。",
    )


class NotYourPost(Forbidden):
    """A scanner corrects its own posts; a supervisor corrects any."""

    code = "not_your_post"
    title = Said("Somebody else's post", "他人的提交")
    detail = Said(
        "{post} is not a post of this scanner. A supervisor may correct it.", "{post} 并非本设备的提交，可由主管更正。"
    )


class DecisionStands(Refused):
    """A person has decided about what the earlier post says. That decision is taken back first."""

    code = "decision_stands"
    title = Said("A person has decided about this unit", "该件商品已由人工作出决定")
    detail = Said(
        "A person has decided about {units}. Take that decision back first.",
        "{units} 已由人工作出决定，请先撤回该决定。",
    )


class CorrectsAnotherReturn(Malformed):
    """A correction stays with the return. Goods of another return need an empty correction, and a post of their own."""

    code = "corrects_another_return"
    title = Said("The earlier post belongs to another return", "原提交属于另一退货单")
    detail = Said(
        "{post} belongs to another return. Correct it there without pieces, and post the pieces here anew.",
        "{post} 属于另一退货单。请先在该退货单中将其更正为空，再为本退货单重新提交。",
    )


class CountedBeforeCorrections(Refused):
    """The post was counted by a version that kept no posts, so that nothing can replace its part of the sum."""

    code = "counted_before_corrections"
    title = Said("This post is too old to be corrected", "该提交过早，无法更正")
    detail = Said(
        "{post} was counted before corrections were kept. A person decides about its units.",
        "{post} 在支持更正之前已计入，请由人工对相关商品作出决定。",
    )


class TooManyPosts(Refused):
    """A return has a bounded number of posts, because every count reads all of them."""

    code = "too_many_posts"
    title = Said("Too many posts for this return", "该退货单的提交次数过多")
    detail = Said("A return takes {most} posts.", "每个退货单最多接受 {most} 次提交。")


MOST_POSTS: Final = 1_000
REFUSALS: Final = (CorrectsAnotherKind, CorrectsItself, AlreadyCorrected, NotYourPost, DecisionStands, TooManyPosts)
"""Why a correction does not count. A post that waited for its return then waits on; it is never lost."""


def check(posts: Sequence[CountedPost], new: CountedPost, *, supervisor: bool) -> CountedPost | None:
    """The post that the new one corrects; None while that post is not known here. Raises one of `REFUSALS`."""
    if new.corrects in (new.id, new.event):
        raise CorrectsItself(pointer="/corrects", post=new.corrects)
    rival = next((post for post in posts if post.corrects == new.corrects and post.sender == new.sender), None)
    old = next((post for post in posts if new.names(post)), None)
    if old is None:
        if rival is not None:
            raise AlreadyCorrected(pointer="/corrects", post=new.corrects, by=rival.id)
        return None
    if old.kind is not new.kind:
        raise CorrectsAnotherKind(pointer="/corrects", post=old.id, kind=old.kind.value)
    if old.sender != new.sender and not supervisor:
        raise NotYourPost(pointer="/corrects", post=old.id)
    if old.corrects is not None and old.names(new):
        raise CorrectsItself(pointer="/corrects", post=old.id)
    by = corrected_by(posts).get(old.id)
    if by is not None:
        raise AlreadyCorrected(pointer="/corrects", post=old.id, by=by)
    return old
