"""A recording by its address: the form beside the upload."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from transcriptions.sentences import sentence
from transcriptions.workflow import fetch
from transcriptions.workflow.intake import CHOICES, Refused


@require_POST
@login_required
def link(request: HttpRequest) -> HttpResponse:
    chosen = {name: request.POST[name] for name in CHOICES if name in request.POST}
    try:
        fetch.expect(
            user=cast(User, request.user), address=request.POST.get("address", ""), chosen=chosen, now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, sentence(refused.code, **refused.values))
    else:
        messages.success(request, _("The link is being looked at. It stands below until the recording is here."))
    return redirect("history")
