"""Errors of a sent file, or of a link to a file; each says what to do."""

from shared.kernel.errors import Forbidden, Malformed, Refused, Said


class KeyTaken(Refused):
    """A file is kept under this key already; kept files are never replaced."""

    code = "file_key_taken"
    title = Said("There is a file already", "文件已存在")
    detail = Said("A file with this id is kept already and is not replaced.", "此编号的文件已存在，不会被替换。")


class UnfitFile(Malformed):
    """The file cannot be accepted as it is."""

    code = "unfit_file"
    title = Said("The file cannot be accepted", "无法接受此文件")


class EmptyFile(UnfitFile):
    """Not a single byte."""

    code = "file_empty"
    detail = Said("The file is empty. Choose the file again and send it again.", "文件为空，请重新选择文件并上传。")


class UnknownFileType(UnfitFile):
    """The content is none of the accepted types, whatever its name says."""

    code = "file_type_unknown"
    title = Said("This type of file is not accepted", "不支持此文件类型")
    detail = Said(
        "The content of this file is none of these: JPEG, PNG, WebP or HEIC picture, PDF document. Send one of them.",
        "文件内容不是以下任何一种：JPEG、PNG、WebP、HEIC 图片或 PDF 文档。请上传其中一种。",
    )


class FileTooLarge(UnfitFile):
    """More bytes than are accepted."""

    code = "file_too_large"
    title = Said("The file is too large", "文件过大")
    detail = Said(
        "The file is larger than {limit} bytes. Send a smaller one.", "文件超过 {limit} 字节，请上传较小的文件。"
    )


class DamagedFile(UnfitFile):
    """It begins like a picture or document and cannot be read to its end."""

    code = "file_damaged"
    title = Said("The file is damaged", "文件已损坏")
    detail = Said(
        "The {kind} file is incomplete or damaged. Open it on your device, save it again and send the new file.",
        "{kind} 文件不完整或已损坏。请在您的设备上打开并重新保存，然后上传新文件。",
    )


class TooManyPixels(UnfitFile):
    """The header promises a larger picture than is decoded."""

    code = "picture_too_many_pixels"
    title = Said("The picture is too large", "图片尺寸过大")
    detail = Said(
        "The picture has {width} x {height} pixels; at most {limit} pixels are accepted. Send a smaller picture.",
        "图片为 {width} x {height} 像素，最多接受 {limit} 像素。请缩小图片后上传。",
    )


class TooManyFrames(UnfitFile):
    """A picture that moves."""

    code = "picture_too_many_frames"
    title = Said("The picture is animated", "不支持动态图片")
    detail = Said(
        "The picture has more than {limit} frame(s). Send a picture that does not move.",
        "图片超过 {limit} 帧。请上传静态图片。",
    )


class TooManyPages(UnfitFile):
    """A longer document than is accepted."""

    code = "document_too_many_pages"
    title = Said("The document is too long", "文档页数过多")
    detail = Said(
        "The document has {pages} pages; at most {limit} are accepted. Send only the pages that matter.",
        "文档共 {pages} 页，最多接受 {limit} 页。请只上传相关页面。",
    )


class EncryptedDocument(UnfitFile):
    """A document that only opens with a password, or that restricts its readers."""

    code = "document_encrypted"
    title = Said("The document is protected", "文档已加密")
    detail = Said(
        "The PDF is protected by a password. Print it into a new PDF without protection and send that one.",
        "PDF 受密码保护。请将其打印为不受保护的新 PDF 后上传。",
    )


class ActiveDocument(UnfitFile):
    """A document that would do something when it is opened, or that carries other files."""

    code = "document_active"
    title = Said("The document contains programs", "文档含有可执行内容")
    detail = Said(
        "The PDF contains scripts, actions, forms or attached files ({found}). "
        "Print it into a new PDF and send that one.",
        "PDF 含有脚本、动作、表单或附件（{found}）。请将其打印为新的 PDF 后上传。",
    )


class TooDemanding(UnfitFile):
    """Reading it took more memory or time than one file may have."""

    code = "file_too_demanding"
    title = Said("The file takes too long to read", "文件处理超出限制")
    detail = Said(
        "Reading this file took more time or memory than is allowed. Save it in a simpler form and send it again.",
        "读取此文件所需的时间或内存超出限制。请以更简单的形式另存后重新上传。",
    )


class ForgedLink(Forbidden):
    """The signature of a link does not belong to what the link says."""

    code = "link_forged"
    title = Said("This link is not valid", "链接无效")
    detail = Said(
        "The link is incomplete or was changed. Open the page again to get a new one.",
        "链接不完整或已被改动。请重新打开页面获取新链接。",
    )


class ExpiredLink(Forbidden):
    """The time of a link is over."""

    code = "link_expired"
    title = Said("This link has expired", "链接已过期")
    detail = Said(
        "The link was valid for a short time only. Open the page again to get a new one.",
        "链接仅在短时间内有效。请重新打开页面获取新链接。",
    )
