"""The parts that all cutover scripts share, in bash: arguments, reading, changing, remembering.

Written for bash 3.2, which macOS still brings, and for AWS CLI 1 and 2. Reading functions say
`|| return 1` themselves: bash forgets `set -e` inside an `if`, and a refused read must never come
out as "gone" or "absent". Names go as --option=NAME, so that a leading dash stays part of a name.
"""

HEAD = r"""
# shellcheck disable=SC1003,SC2016 # names are quoted so that nothing in them is run
set -Eeuo pipefail
trap 'printf "STOPPED at line %s: nothing after it was done.\n" "$LINENO" >&2' ERR
export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off
"""

ARGUMENTS = r"""
APPLY=no
while (($# > 0)); do
  case $1 in
    --apply) APPLY=yes ;;
    --record=*) RECORD=${1#--record=} ;;
    *)
      printf 'Unknown argument %q. Known: --apply (else a dry run), --record=FILE.\n' "$1" >&2
      exit 2
      ;;
  esac
  shift
done
"""

# The same for a script that keeps no record.
PLAIN_ARGUMENTS = ARGUMENTS.replace("    --record=*) RECORD=${1#--record=} ;;\n", "").replace(
    ", --record=FILE", ""
)

ROLLBACK_ARGUMENTS = r"""
APPLY=no
WITHOUT_RECORD=no
while (($# > 0)); do
  case $1 in
    --apply) APPLY=yes ;;
    --record=*) RECORD=${1#--record=} ;;
    --without-record) WITHOUT_RECORD=yes ;;
    *)
      printf 'Unknown argument %q. Known: --apply (else a dry run), ' "$1" >&2
      printf '%s\n' '--record=FILE, --without-record.' >&2
      exit 2
      ;;
  esac
  shift
done
"""

VERIFY_ARGUMENTS = r"""
LOGIN_PROFILES=any
while (($# > 0)); do
  case $1 in
    --record=*) RECORD=${1#--record=} ;;
    --login-profiles=absent) LOGIN_PROFILES=absent ;;
    --login-profiles=any) LOGIN_PROFILES=any ;;
    *)
      printf 'Unknown argument %q. Known: --record=FILE, ' "$1" >&2
      printf '%s\n' '--login-profiles=absent (after their script has run).' >&2
      exit 2
      ;;
  esac
  shift
done
"""

# The same where no user, so no password, is looked at.
ROLE_VERIFY_ARGUMENTS = r"""
while (($# > 0)); do
  case $1 in
    --record=*) RECORD=${1#--record=} ;;
    *)
      printf 'Unknown argument %q. Known: --record=FILE.\n' "$1" >&2
      exit 2
      ;;
  esac
  shift
done
"""

# Who is calling: the right account, and nobody whom this script would lock out.
CALLER = r"""
say() { printf '%s\n' "$*"; }

stop() {
  printf 'STOPPED: %s\n' "$*" >&2
  trap - ERR
  exit 1
}

check_caller() {
  local account identity
  identity=$(aws sts get-caller-identity --query '[Account,Arn]' --output text)
  read -r account CALLER <<<"$identity"
  [[ $account == "$ACCOUNT" ]] || stop "these credentials are of $account, not of $ACCOUNT."
  say "Account $account, as $CALLER."
}
"""

NOT_MYSELF = r"""
not_myself() { # USER-ARN or ROLE-NAME: its own path would be cut off halfway
  if [[ $CALLER == "$1" || $CALLER == *":assumed-role/$1/"* ]]; then
    stop "you are working as $1, which this script cuts off. Sign in another way."
  fi
}
"""

KEYS_OF = r"""
keys_of() { # USER: lines of key and status
  aws iam list-access-keys "--user-name=$1" \
    --query 'AccessKeyMetadata[].[AccessKeyId,Status]' --output text || return 1
}
"""

KEY_STATUS = r"""
key_status() { # USER KEY: Active, Inactive or gone
  local listed key status
  listed=$(keys_of "$1") || return 1
  while read -r key status; do
    if [[ $key == "$2" ]]; then
      printf '%s\n' "$status"
      return 0
    fi
  done <<<"$listed"
  printf 'gone\n'
}
"""

HAS_DENY = r"""
has_deny() { # USER: yes or no
  local listed
  listed=$(aws iam list-attached-user-policies "--user-name=$1" \
    --query 'AttachedPolicies[].PolicyArn' --output text) || return 1
  case " ${listed//[[:space:]]/ } " in
    *" $DENY_ALL "*) printf 'yes\n' ;;
    *) printf 'no\n' ;;
  esac
}
"""

PRESENT = r"""
present() { # COMMAND...: present or absent; any other refusal is an error
  local said
  if said=$("$@" 2>&1); then
    printf 'present\n'
  elif [[ $said == *'(NoSuchEntity)'* ]]; then
    printf 'absent\n'
  else
    printf '%s\n' "$said" >&2
    return 1
  fi
}
"""

LOGIN_PROFILE = r"""
login_profile() { # USER
  present aws iam get-login-profile "--user-name=$1" || return 1
}
"""

ROLE_DENY = r"""
role_deny() { # ROLE
  present aws iam get-role-policy "--role-name=$1" "--policy-name=$ROLE_POLICY" || return 1
}
"""

CHANGING = r"""
change() { # runs what changes AWS; in a dry run says it
  if [[ $APPLY == yes ]]; then
    "$@"
  else
    printf '  would run:'
    printf ' %q' "$@"
    printf '\n'
  fi
}
"""

# The line is written before the change: if the script dies between them, the rollback undoes
# something that is not there, which it notices; the other way round it would forget a change.
REMEMBERING = r"""
remember() { # LINE
  [[ $APPLY == yes ]] || return 0
  if [[ ! -s $RECORD ]]; then
    printf 'at %s\n' "$(utc 0)" >>"$RECORD"
  fi
  printf '%s\n' "$1" >>"$RECORD"
}
"""

CLOCK = r"""
utc() { # SECONDS from now; GNU's date, else BSD's
  utc_of "$(($(date +%s) + $1))"
}

utc_of() { # EPOCH
  date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$1" +%Y-%m-%dT%H:%M:%SZ
}

epoch_of() { # TIME as utc writes it
  date -u -d "$1" +%s 2>/dev/null || date -u -j -f %Y-%m-%dT%H:%M:%SZ "$1" +%s
}
"""
