"""The old path: people and their IAM users, with keys, in the console, through roles.

When a key or a password was last used is the world's own word, which IAM reports too; the story
ends with exactly that use. Afterwards those who were still active go on for a while.
"""

from datetime import datetime, timedelta
from random import Random

from inventory.sample_org.logs.callers import (
    Caller,
    at_sign_in,
    by_console,
    by_key,
    by_token,
)
from inventory.sample_org.logs.cast import UserCast
from inventory.sample_org.logs.happenings import Day
from inventory.sample_org.logs.operations import READS, Operation
from inventory.sample_org.logs.requests import Asked
from inventory.sample_org.logs.stage import (
    BROWSER,
    CONSOLE,
    Stage,
    Work,
    do,
    moment,
    sometime,
    working_day,
)
from inventory.sample_org.spec import Key

SIGN_IN = "signin.amazonaws.com"
LOGIN = Operation(SIGN_IN, "ConsoleLogin", write=True)
SESSION_TOKEN = Operation("sts.amazonaws.com", "GetSessionToken")
OAUTH = Operation(SIGN_IN, "CreateOAuth2Token", write=True)
# How long those who were active at the epoch go on after it.
GOES_ON_DAYS = 9


def goes_on(stage: Stage, date: str) -> bool:
    """Whether anybody's old path may still be in use on a day: after the epoch only for a while."""
    return moment(date, 0) < stage.cast.epoch + timedelta(days=GOES_ON_DAYS)


def last_use(
    stage: Stage, used: float | None, date: str, *, goes_on: bool = True
) -> datetime | None:
    """The end of a credential's use that matters on a day; None when it is not used that day.

    Up to the epoch it is what the world says. Whoever was active at the epoch goes on for some
    days.
    """
    if used is None:
        return None
    last, epoch = stage.ago(used), stage.cast.epoch
    if date <= last.date().isoformat():
        return last
    day_after = moment(date, 0)
    if goes_on and used <= 1 and epoch < day_after < epoch + timedelta(days=GOES_ON_DAYS):
        return epoch + timedelta(days=GOES_ON_DAYS)
    return None


def leaves_trace(stage: Stage, user: UserCast, used: float, date: str) -> bool:
    """Leavers are quiet, but for one whose key wakes up in its last days."""
    if user.spec.owner not in stage.left:
        return True
    return used < 5 and moment(date, 23, 59) > stage.ago(used + 2)


def key_day(stage: Stage, day: Day, user: UserCast, key_id: str, key: Key) -> None:
    """A person's day with an access key."""
    last = last_use(stage, key.used, day.date, goes_on=key.active)
    if last is None or key.used is None or not leaves_trace(stage, user, key.used, day.date):
        return
    rng = day.dice("key", key_id)
    woken = user.spec.owner in stage.left
    agent = "python-requests/2.32.3" if woken else stage.tool(user.spec.name)
    network = "192.0.2.77" if woken else stage.network(user.arn, rng)
    caller = by_key(user, key_id, network, agent)
    if working_day(day.date, rng) and rng.random() < 0.6:
        for _ in range(rng.choice((1, 1, 2))):
            start = sometime(day.date, rng)
            if start < last:
                _session(
                    stage, day, rng, _with_token(day, rng, caller, user, start), user, start, last
                )
    if day.date == last.date().isoformat():
        _last(stage, day, caller, user, key, last)


def _last(stage: Stage, day: Day, caller: Caller, user: UserCast, key: Key, last: datetime) -> None:
    operation = READS.get(key.service, READS["s3"])[0]
    error = None if stage.user_may(user)(operation) else operation.denial
    day.add(last, caller, operation, key.region, error=error)


def _session(
    stage: Stage,
    day: Day,
    rng: Random,
    caller: Caller,
    user: UserCast,
    start: datetime,
    last: datetime,
) -> None:
    region = stage.cast.home if rng.random() < 0.75 else "us-east-1"
    services = stage.services(user.spec.owner)
    work = Work(services, rng.randint(3, 12), region, stage.user_may(user), last, tries=0.25)
    do(day, rng, caller, work, start)


def _with_token(day: Day, rng: Random, caller: Caller, user: UserCast, start: datetime) -> Caller:
    """Some who have a second factor work with GetSessionToken credentials."""
    if not user.spec.mfa or rng.random() > 0.3:
        return caller
    key_id = day.key(user.account)
    answer = {"credentials": {"accessKeyId": key_id, "sessionToken": "IQoJb3JpZ2luX2VjE"}}
    made = day.add(
        start, caller, SESSION_TOKEN, "us-east-1", said=Asked({"durationSeconds": 43200})
    )
    made.record["responseElements"] = answer
    return by_token(user, key_id, start, caller.network, caller.agent)


def _login(day: Day, at: datetime, caller: Caller, user: UserCast, *, ok: bool) -> None:
    mfa = "Yes" if user.spec.mfa and ok else "No"
    made = day.add(
        at,
        caller,
        LOGIN,
        "us-east-1",
        said=Asked(None, {"ConsoleLogin": "Success" if ok else "Failure"}),
        eventType="AwsConsoleSignIn",
        additionalEventData={
            "LoginTo": "https://console.aws.amazon.com/console/home",
            "MobileVersion": "No",
            "MFAUsed": mfa,
        },
    )
    if not ok:
        made.error = "Failure"
        made.record["errorMessage"] = "Failed authentication"


def console_day(stage: Stage, day: Day, user: UserCast) -> None:
    """A person's day in the console."""
    password = user.spec.password
    last = last_use(stage, password.used, day.date) if password else None
    if last is None or password is None or password.used is None:
        return
    if not leaves_trace(stage, user, password.used, day.date):
        return
    rng = day.dice("console", user.arn)
    network = stage.network(user.arn, rng)
    at = sometime(day.date, rng)
    if day.date == last.date().isoformat():
        at = last
    elif not working_day(day.date, rng) or rng.random() > 0.45 or at > last:
        return
    entering = at_sign_in(user, network, BROWSER)
    if rng.random() < 0.12:
        _login(day, at - timedelta(seconds=20), entering, user, ok=False)
    _login(day, at, entering, user, ok=True)
    created = at + timedelta(seconds=1)
    caller = by_console(user, created, network, CONSOLE)
    if not user.keys and rng.random() < 0.5:
        caller = _command_line_login(stage, day, user, caller, created)
    _session(stage, day, rng, caller, user, created, at + timedelta(hours=3))


def _command_line_login(
    stage: Stage, day: Day, user: UserCast, console: Caller, created: datetime
) -> Caller:
    """`aws login`: temporary credentials for somebody who has a password and no key."""
    day.add(created, console.using(BROWSER), OAUTH, stage.cast.home, said=Asked())
    return by_token(user, day.key(user.account), created, console.network, stage.tool(user.arn))


def strangers(stage: Stage, day: Day) -> None:
    """Somebody mistypes a user name: CloudTrail hides what was typed."""
    rng = day.dice("strangers")
    if rng.random() > 0.3:
        return
    user = rng.choice(stage.cast.users)
    caller = at_sign_in(user, f"192.0.2.{rng.randint(1, 250)}", BROWSER)
    hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"
    identity = {
        "type": "IAMUser",
        "accountId": user.account,
        "accessKeyId": "",
        "userName": hidden,
    }
    who = caller.who._replace(actor=None, user_name=hidden)
    nobody = Caller(who, identity, user.account, caller.network, BROWSER)
    at = sometime(day.date, rng, 0, 23)
    _login(day, at, nobody, user, ok=False)
    day.happenings[-1].record["errorMessage"] = "No username found in supplied account"


def users_day(stage: Stage, day: Day) -> None:
    """Everybody's old path on one day. A mixed user's first key belongs to a program."""
    for user in stage.cast.users:
        if user.spec.kind == "service":
            continue
        first = 1 if user.spec.kind == "mixed" else 0
        for key_id, key in user.keys[first:]:
            key_day(stage, day, user, key_id, key)
        console_day(stage, day, user)
    strangers(stage, day)
