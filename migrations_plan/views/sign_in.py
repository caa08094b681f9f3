"""Sign-in, sign-out, and the one-time link for the first lead."""

from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accessportal.web.address import next_url
from accessportal.web.errors import error_page, forbidden
from accessportal.web.roles import public
from migrations_plan import sign_in
from migrations_plan.forms.sign_in import SetupForm, SignInForm
from migrations_plan.models import PortalUser

WRONG = "This name and password do not open the portal."
TOO_MANY = "Too many attempts. Wait 15 minutes, then try again."


@public("the way in")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The ways in. Wrong name, wrong password and closed account read and take the same."""
    if request.method == "GET":
        return _page(request)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, problem=WRONG, status=422)
    username = form.cleaned_data["username"]
    attempts = sign_in.begin_attempt(request, username, timezone.now())
    if attempts is None:
        return _page(request, problem=TOO_MANY, status=429)
    user = authenticate(request, username=username, password=form.cleaned_data["password"])
    if not isinstance(user, PortalUser):
        return _page(request, problem=WRONG, status=422)
    sign_in.forget(attempts)
    sign_in.enter(request, user)
    return redirect(next_url(request))


def _page(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "problem": problem,
        "ways": [f"migrations_plan/sign_in/_{way}.html" for way in sign_in.ways()],
        "personas": sign_in.PERSONAS,
        "next": request.POST.get("next") or request.GET.get("next") or "",
        "typed": request.POST.get("username", "")[:254],
    }
    return render(request, "migrations_plan/sign_in/page.html", context, status=status)


@public("the way into the demo; refuses outside it")
@require_POST
def demo(request: HttpRequest) -> HttpResponse:
    """Signs in a sample user."""
    user = sign_in.persona(request.POST.get("persona", ""))
    if user is None:
        return forbidden(request)
    sign_in.enter(request, user)
    return redirect(next_url(request))


@public("signing out twice is no error")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect("login")


@public("the first lead cannot sign in yet; the link's secret is the key")
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Makes the first lead with a link that works once."""
    now = timezone.now()
    form = SetupForm(request.POST or None)
    if not sign_in.setup_link_holds(token, now):
        return _link_is_spent(request)
    if request.method == "POST" and form.is_valid():
        user = sign_in.use_setup_link(
            token,
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            now=now,
        )
        if user is None:
            return _link_is_spent(request)
        sign_in.enter(request, user)
        return redirect("home")
    status = 422 if form.is_bound else 200
    return render(request, "migrations_plan/setup/page.html", {"form": form}, status=status)


def _link_is_spent(request: HttpRequest) -> HttpResponse:
    text = "It was used, it is older than a day, or it never was one. Ask the operator for another."
    return error_page(request, 404, "This link does not work any more", text)
