"""What of a history is shown, and in which order. What cannot be asked for narrows nothing."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from transcriptions.models import Transcript, Transcription
from transcriptions.web.language_names import language_name
from transcriptions.workflow import listing
from transcriptions.workflow.labels import tags_used

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class HistoryForm(forms.Form):
    sort = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False)
    language = forms.ChoiceField(required=False)
    tag = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, widget=DATE)
    until = forms.DateField(required=False, widget=DATE)
    favourite = forms.BooleanField(required=False)
    archived = forms.BooleanField(required=False)
    shared = forms.BooleanField(required=False)

    def __init__(self, *arguments: Any, user: User, **options: Any) -> None:
        super().__init__(*arguments, **{"auto_id": "filter-%s", "label_suffix": "", **options})
        over = [(state.value, state.label) for state in Transcript.OVER]
        every = [("", _("all"))]
        choices: dict[str, Any] = {
            "sort": [
                ("newest", _("newest first")),
                ("oldest", _("oldest first")),
                ("title", _("by title")),
                ("length", _("longest first")),
            ],
            "state": [*every, (listing.UNDER_WAY, _("under way")), *over],
            "language": lambda: [*every, *_languages(user)],
            "tag": lambda: [*every, *((tag, tag) for tag in tags_used(user))],
        }
        names = {
            "sort": _("Order"),
            "state": _("State"),
            "language": _("Language"),
            "tag": _("Tag"),
            "since": _("From"),
            "until": _("Until"),
            "favourite": _("Favourites only"),
            "archived": _("Archive"),
            "shared": _("Shared with me"),
        }
        for name, label in names.items():
            self.fields[name].label = label
            if name in choices:
                self.fields[name].choices = choices[name]  # type: ignore[attr-defined]

    @property
    def order(self) -> str:
        return self._asked("sort") or "newest"

    @property
    def is_archive(self) -> bool:
        return bool(self._asked("archived"))

    @property
    def is_shared(self) -> bool:
        """What others have opened: in order, but not narrowed, for states, tags and marks are theirs."""
        return bool(self._asked("shared"))

    @property
    def is_narrowed(self) -> bool:
        return any(self._asked(name) for name in self.fields if name not in {"sort", "archived", "shared"})

    def narrowed(self, rows: QuerySet[Transcription]) -> QuerySet[Transcription]:
        if self.is_shared:
            return listing.measured(rows, self.order)
        wanted = listing.Wanted(
            state=self._asked("state"),
            language=self._asked("language"),
            tag=self._asked("tag"),
            since=self._asked("since") or None,
            until=self._asked("until") or None,
            favourite=bool(self._asked("favourite")),
            archived=self.is_archive,
            order=self.order,
        )
        return listing.narrowed(rows, wanted)

    def kept(self) -> dict[str, str]:
        """What is asked for, for the links to other pages."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}

    def _asked(self, name: str) -> Any:
        self.is_valid()  # the others count all the same
        return self.cleaned_data.get(name) or ""


def _languages(user: User) -> list[tuple[str, str]]:
    spoken = Transcript.objects.filter(transcriptions__user=user, transcriptions__deleted_at=None).exclude(language="")
    codes = spoken.order_by().values_list("language", flat=True).distinct()
    return sorted(((code, language_name(code)) for code in codes), key=lambda pair: pair[1].casefold())
