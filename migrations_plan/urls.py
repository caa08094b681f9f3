"""One path per page, plus one per action.

Names that the navigation already knows: people, person, permission-sets, permission-set,
my-access, evidence, collection. A page appears in it as soon as its name resolves.
"""

from django.urls import URLPattern, path

from accessportal.web.converters import ACCOUNT_ID
from migrations_plan.views import (
    account,
    accounts,
    collection,
    collection_logs,
    evidence,
    health,
    iam_user,
    iam_users,
    my_access,
    overview,
    people,
    permission_set,
    permission_sets,
    person,
    search,
    sign_in,
    theme,
)

urlpatterns: list[URLPattern] = [
    path("", overview.page, name="home"),
    path("iam-users/", iam_users.page, name="iam-users"),
    path("iam-users/<int:pk>/", iam_user.page, name="iam-user"),
    path("iam-users/<int:pk>/owner/", iam_user.owner, name="iam-user-owner"),
    path("iam-users/<int:pk>/no-owner/", iam_user.no_owner, name="iam-user-no-owner"),
    path("accounts/", accounts.page, name="accounts"),
    path(f"accounts/<{ACCOUNT_ID}:account_id>/", account.page, name="account"),
    path(
        f"accounts/<{ACCOUNT_ID}:account_id>/environment/",
        account.environment,
        name="account-environment",
    ),
    path("evidence/", evidence.page, name="evidence"),
    path("evidence/<slug:name>/", evidence.population, name="evidence-population"),
    path("my-access/", my_access.page, name="my-access"),
    path("people/", people.page, name="people"),
    path("people/<int:pk>/", person.page, name="person"),
    path("permission-sets/", permission_sets.page, name="permission-sets"),
    path("permission-sets/<int:pk>/", permission_set.page, name="permission-set"),
    path("collection/", collection.page, name="collection"),
    path("collection/status/", collection.status, name="collection-status"),
    path("collection/collect/", collection.collect, name="collection-collect"),
    path("collection/logs/", collection_logs.page, name="collection-logs"),
    path("collection/logs/retry/", collection_logs.retry, name="collection-logs-retry"),
    path("search/", search.page, name="search"),
    path("sign-in/", sign_in.page, name="login"),
    path("sign-in/demo/", sign_in.demo, name="login-demo"),
    path("sign-out/", sign_in.sign_out, name="logout"),
    path("setup/<str:token>/", sign_in.setup, name="setup"),
    path("theme/", theme.choose, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
]
