"""Where somebody wants to be told of their recordings, and what became of it each time."""

import uuid
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from transcriptions import keyset
from transcriptions.models import Webhook
from transcriptions.sentences import sentence
from transcriptions.workflow import hooks
from transcriptions.workflow.intake import Refused

PAGE = 50


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic while it runs
    class Meta:
        model = Webhook
        fields = ("url", "with_text")
        labels = {  # noqa: RUF012 - Django's
            "url": gettext_lazy("Address"),
            "with_text": gettext_lazy("Send the text, too"),
        }
        widgets = {"url": forms.TextInput(attrs={"inputmode": "url"})}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "url": gettext_lazy("Empty: only what a program asks for with a single request is told."),
        }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def webhook(request: HttpRequest) -> HttpResponse:
    """A POST saves; the answer to the first shows the secret, which nothing shows again."""
    user = cast(User, request.user)
    if request.method != "POST":
        return _page(request)
    url, with_text = request.POST.get("url", "").strip(), "with_text" in request.POST
    try:
        secret = hooks.choose(user=user, url=url, with_text=with_text, now=timezone.now())
    except Refused as refused:
        messages.error(request, sentence(refused.code, **refused.values))
        return redirect("webhook")
    if secret:
        return _page(request, secret=secret)
    messages.success(request, _("Saved."))
    return redirect("webhook")


@require_POST
@login_required
def remove(request: HttpRequest) -> HttpResponse:
    hooks.remove(user=cast(User, request.user))
    messages.success(request, _("Removed. Nothing is told any more."))
    return redirect("webhook")


@require_POST
@login_required
def again(request: HttpRequest, delivery_id: uuid.UUID) -> HttpResponse:
    delivery = cast(User, request.user).deliveries.filter(pk=delivery_id).first()
    if delivery is None:
        raise Http404
    if hooks.send_again(delivery=delivery):
        messages.success(request, _("It is sent once more."))
    return redirect("webhook")


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    user = cast(User, request.user)
    own = Webhook.objects.filter(user=user).first()
    page = keyset.page(user.deliveries.all(), keyset.NEWEST, PAGE, after=request.GET.get("after", ""))
    context = {"webhook": own, "form": WebhookForm(instance=own), "page": page, **more}
    return render(request, "transcriptions/account/webhook.html", context)
