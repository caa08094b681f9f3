"""What the cutover scripts do, and undo, and verify, in bash: on top of cutover_bash."""

KNOWN_KEYS = r"""
only_known_keys() { # USER KEY...: a key made since the facts were read is nobody's decision yet
  local user=$1 listed key status
  shift
  listed=$(keys_of "$user")
  while read -r key status; do
    if [[ $status == Active && " $* " != *" $key "* ]]; then
      stop "$user has the key $key, which is newer than this script's facts. Make it again."
    fi
  done <<<"$listed"
}
"""

CUT_KEYS = r"""
key_inactive() { # USER KEY
  local status
  status=$(key_status "$1" "$2")
  if [[ $status == Active ]]; then
    remember "key $2"
    change aws iam update-access-key "--user-name=$1" "--access-key-id=$2" --status=Inactive
    [[ $APPLY == no ]] || say "  $1: key $2 is now Inactive."
  else
    say "  $1: key $2 is $status already."
  fi
}
"""

CUT_USERS = r"""
deny_user() { # USER
  local attached
  attached=$(has_deny "$1")
  if [[ $attached == no ]]; then
    remember "deny $1"
    change aws iam attach-user-policy "--user-name=$1" "--policy-arn=$DENY_ALL"
    [[ $APPLY == no ]] || say "  $1: everything is denied, to open sessions too."
  else
    say "  $1: everything is denied already."
  fi
}
"""

# A denial that this record does not know is of another run, with another time: it is renewed.
# 30 seconds ahead, as IAM's own "revoke active sessions" does: a change takes a while to be
# known everywhere, and a session that was asked for meanwhile must not slip through.
CUT_ROLES = r"""
deny_role() { # ROLE
  local found document before
  found=$(role_deny "$1")
  if [[ $found == present && -f $RECORD ]] && grep -qxF -e "role $1" "$RECORD"; then
    say "  role $1: its older sessions are denied already."
    return 0
  fi
  before=$(utc 30)
  document='{"Version":"2012-10-17","Statement":[{"Sid":"SessionsBeforeTheCutover",'
  document+='"Effect":"Deny","Action":"*","Resource":"*","Condition":'
  document+='{"DateLessThan":{"aws:TokenIssueTime":"'$before'"}}}]}'
  remember "role $1"
  change aws iam put-role-policy "--role-name=$1" "--policy-name=$ROLE_POLICY" \
    "--policy-document=$document"
  [[ $APPLY == no ]] || say "  role $1: sessions from before $before are denied."
}
"""

DELETE_PROFILES = r"""
is_cut() { # USER: the password goes last
  local listed attached
  listed=$(keys_of "$1")
  attached=$(has_deny "$1")
  if [[ ${listed//Inactive/} == *Active* ]]; then
    stop "$1 still has an active key. Run the cutover first."
  fi
  [[ $attached == yes ]] || stop "$1 is not denied everything. Run the cutover first."
}

profile_gone() { # USER
  local found
  found=$(login_profile "$1")
  if [[ $found == present ]]; then
    change aws iam delete-login-profile "--user-name=$1"
    [[ $APPLY == no ]] || say "  $1: the password is deleted."
  else
    say "  $1: there is no password."
  fi
}
"""

UNDO = r"""
LEFT=0

check_record() {
  if [[ $WITHOUT_RECORD == no && ! -f $RECORD ]]; then
    stop "there is no record $RECORD of what was changed. Name it with --record=FILE, or" \
      "undo what the facts of this script say with --without-record."
  fi
}

was_changed() { # LINE, and yes or no as the facts say
  if [[ $WITHOUT_RECORD == yes ]]; then
    [[ $2 == yes ]]
  else
    grep -qxF -e "$1" "$RECORD"
  fi
}
"""

UNDO_KEYS = r"""
key_active() { # USER KEY ACTIVE-BEFORE
  local status
  if ! was_changed "key $2" "$3"; then
    say "  $1: key $2 was not changed."
    return 0
  fi
  status=$(key_status "$1" "$2")
  case $status in
    Inactive)
      change aws iam update-access-key "--user-name=$1" "--access-key-id=$2" --status=Active
      [[ $APPLY == no ]] || say "  $1: key $2 is Active again."
      ;;
    Active) say "  $1: key $2 is Active already." ;;
    *)
      say "  $1: key $2 is $status and cannot be brought back."
      LEFT=1
      ;;
  esac
}
"""

UNDO_DENIALS = r"""
undeny_user() { # USER CHANGED
  local attached
  if ! was_changed "deny $1" "$2"; then
    say "  $1: the denial of everything was there before and stays."
    return 0
  fi
  attached=$(has_deny "$1")
  if [[ $attached == yes ]]; then
    change aws iam detach-user-policy "--user-name=$1" "--policy-arn=$DENY_ALL"
    [[ $APPLY == no ]] || say "  $1: may work again."
  else
    say "  $1: nothing is denied any more."
  fi
}
"""

UNDO_ROLES = r"""
undeny_role() { # ROLE
  local found
  if ! was_changed "role $1" yes; then
    say "  role $1: was not changed."
    return 0
  fi
  found=$(role_deny "$1")
  if [[ $found == present ]]; then
    change aws iam delete-role-policy "--role-name=$1" "--policy-name=$ROLE_POLICY"
    [[ $APPLY == no ]] || say "  role $1: older sessions work again."
  else
    say "  role $1: nothing is denied any more."
  fi
}
"""

VERIFY = r"""
BAD=0

result() { # WANTED SEEN WHAT: one line for each credential
  case $2 in
    unknown)
      printf 'UNKNOWN  %s\n' "$3: could not be read"
      BAD=1
      ;;
    "$1") printf 'ok       %s\n' "$3: $2" ;;
    *)
      printf 'NOT YET  %s\n' "$3: $2, wanted: $1"
      BAD=1
      ;;
  esac
}
"""

VERIFY_USERS = r"""
check_keys() { # USER
  local listed key status
  if ! listed=$(keys_of "$1"); then
    result Inactive unknown "$1 keys"
    return 0
  fi
  while read -r key status; do
    [[ -z $key ]] || result Inactive "$status" "$1 key $key"
  done <<<"$listed"
}

check_user() { # USER
  local attached found
  check_keys "$1"
  attached=$(has_deny "$1") || attached=unknown
  result yes "$attached" "$1 denied everything"
  found=$(login_profile "$1") || found=unknown
  if [[ $LOGIN_PROFILES == any && $found != unknown ]]; then
    result "$found" "$found" "$1 login profile"
  else
    result absent "$found" "$1 login profile"
  fi
}
"""

TAILS = r"""
tails() {
  local since from
  since=$(utc 0)
  if [[ -s $RECORD ]]; then
    read -r _ since <"$RECORD"
  else
    say "There is no record of when the cutover ran: counted from now, at the latest."
  fi
  from=$(epoch_of "$since")
  say "Sessions from before $since may still be open:"
  say "  of these users themselves (GetSessionToken) until $(utc_of $((from + 36 * 3600)));" \
    "they may do nothing while everything is denied to their user;"
  say "  of roles they assumed until $(utc_of $((from + 12 * 3600)))," \
    "where no policy denies older sessions."
}
"""

VERIFY_ROLES = r"""
check_role() { # ROLE
  local found
  found=$(role_deny "$1") || found=unknown
  result present "$found" "role $1 denial of older sessions"
}
"""
