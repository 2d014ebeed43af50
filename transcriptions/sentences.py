"""What a person is told when something cannot be done: one sentence for each stable code."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "signed_out": _("You are signed out. Sign in and send the file again."),
    "empty_file": _("The file is empty. Choose another one."),
    "not_media": _("This is not an audio or video file that can be read. Convert it to mp3 or mp4 and try again."),
    "playlist": _("This is a playlist, not a recording. Send the recording that it names."),
    "archive": _("This is an archive. Unpack it and send the recordings in it."),
    "picture": _("This is a picture. Choose an audio or video file."),
    "document": _("This is a text or a document. Choose an audio or video file."),
    "program": _("This is a program. Choose an audio or video file."),
    "no_audio": _("There is no sound in this file. Choose one with an audio track."),
    "no_track": _("The file has no such audio track, or is no longer kept here. Choose another one, or send it again."),
    "unreadable": _(
        "The sound in this file is damaged and cannot be read. Export the recording again and try once more."
    ),
    "too_large": _("The file is larger than the %(limit)s allowed here. Compress it or cut it into parts."),
    "too_long": _("The recording is longer than the %(hours)s hours allowed here. Cut it into parts."),
    "too_many_uploads": _("At most %(limit)s files of yours can be on their way at once. Send the rest afterwards."),
    "quota_bytes": _("Your recordings may take %(limit)s here. Delete some, and send this one again."),
    "quota_hours": _("You may have %(limit)s hours of recordings here. Delete some, and send this one again."),
    "too_many_files": _("At most %(limit)s files can be sent at once. Send the rest afterwards."),
    "no_file": _("No file was chosen. Choose at least one."),
    "unknown_option": _(
        "This cannot be chosen here. Choose from what the page offers, and keep names and terms short."
    ),
    "english_only": _(
        "The recognition model knows only English. Choose English and no translation, also in your usual options, or"
        " ask for another model."
    ),
    "not_a_form": _(
        "This is not a form. Send multipart/form-data, with its boundary and the file in the field %(field)s."
    ),
    "broken_upload": _("The upload did not arrive whole. Try again."),
    "stale_page": _("This page is out of date. Reload it and send the file again."),
    "takeout_failed": _("Your data could not be put together. Try again, and tell the operator if it fails again."),
    "recording_gone": _("The recording itself is not kept here any more. Upload it again to have it transcribed."),
    "nothing_to_rehear": _("No line begins between these times. Choose others."),
    "rehear_too_long": _("At most %(seconds)s seconds can be recognised again at once. Choose fewer lines."),
    "compared_is_old": _("These lines have been changed meanwhile. Look at what differs once more."),
    "nothing_to_take": _("There is nothing to be taken any more. Recognise the lines again."),
    "unknown_cursor": _("There is no such page of the list. Begin with the first one."),
    "links_off": _("Links are not taken here. Upload the recording itself."),
    "link_not_http": _(
        "This is not the address of a recording on the web. It begins with http:// or https:// and holds no password."
    ),
    "link_private": _(
        "This address leads into a private network, where nothing is fetched from. Upload the recording."
    ),
    "link_not_found": _("There is no recording at this address, or not for everybody. Open it in a browser and check."),
    "link_not_media": _(
        "At this address is a page, not a recording. Give the address of the recording itself, or upload it."
    ),
    "link_failed": _("The recording could not be fetched from this address. Try again later, or upload it."),
    "link_too_slow": _("The recording comes too slowly from this address. Try again later, or upload it."),
    "webhooks_off": _("No webhooks are sent here. Ask for what is new instead."),
    "webhook_address": _(
        "This is not the address of a server on the web. It begins with http:// or https:// and holds no password."
    ),
    "no_webhook_secret": _("What is told is signed. Make a signing secret on the page of your account first."),
    "no_space": _("There is no room left on the server for this file. Ask its operator to make some."),
    "storage_away": _("The server cannot reach the place it keeps recordings in. Try again in a few minutes."),
    "model_unavailable": _("The recognition model is not installed on the server. Ask its operator to install it."),
    "preparing_failed": _(
        "The recording could not be prepared, after several attempts. Try again, or ask the operator."
    ),
    "recognition_failed": _(
        "The recording could not be recognised, after several attempts. Try again, or ask the operator."
    ),
    "none_chosen": _("No transcript was chosen. Check at least one."),
    "line_too_long": _("A line has at most %(characters)s characters. Split it first."),
    "name_too_long": _("A name has at most %(characters)s characters."),
    "no_name": _("A speaker needs a name."),
    "nothing_to_split": _("Put the cursor between two words of the line, and split it there."),
    "nothing_to_join": _("This is the last line; there is none to join it with."),
    "not_adjacent": _("These lines do not follow each other; something else is said between them."),
    "not_heard_yet": _("What is said between these lines has not been recognised yet. Join them later."),
    "over_neighbours": _("A line begins after the one before has ended, and ends before the next begins."),
    "bad_pattern": _("This cannot be looked for. Check the pattern and what comes in its place."),
    "pattern_too_slow": _("Looking for this takes too long. Make the pattern simpler."),
    "no_account": _("There is no account with this address. Make a link instead."),
    "own_account": _("This is your own address. Everything of yours is open to you."),
    "too_many_tries": _("That was tried too often. Wait ten minutes and try again."),
    "wrong_password": _("This is not the password. Ask whoever has given you the link."),
    "too_many_comments": _("A transcript has at most %(limit)s comments. Delete some first."),
    "no_encoder": _("The server has nothing to encode videos with. Ask its operator to install it."),
    "no_subtitles": _("The server cannot draw subtitles into a picture. Ask its operator for an ffmpeg that can."),
    "bad_subtitles": _("The subtitles of this text could not be read. Tell the operator."),
    "too_slow": _("It took longer to make than is allowed here. Try again when the server has less to do."),
    "too_large_a_result": _("What was made of it grew larger than is allowed here. Cut the recording into parts."),
    "not_made": _("The document could not be made of this text. Take another format, or tell the operator."),
    "not_encoded": _("It could not be made of this recording. Try again, or ask the operator."),
}


def sentence(code: str, **values: object) -> str:
    """The sentence of a code in the language in force. Raises KeyError for a code nobody documented."""
    return str(SENTENCES[code]) % values
