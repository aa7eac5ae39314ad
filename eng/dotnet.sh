# Sourced by ./gatehouse, ./test and bench/bench: finds the .NET SDK and keeps the build to itself.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# Prints the path of the dotnet command; a plain line and 1 when there is none.
find_dotnet() {
  local candidate
  for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "${HOME:-}/.dotnet/dotnet" \
    /usr/lib/dotnet/dotnet /usr/share/dotnet/dotnet /usr/local/share/dotnet/dotnet; do
    if [[ -x $candidate && ! -d $candidate ]]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  echo "$1: the .NET 10 SDK is missing. Install it (Debian, Ubuntu: apt-get install dotnet-sdk-10.0, or https://dot.net), then try again." >&2
  return 1
}

# Refuses an SDK that global.json does not accept. Run from the folder of the repository.
require_sdk() {
  local name=$1 dotnet=$2
  "$dotnet" --version >/dev/null 2>&1 </dev/null && return
  echo "$name: this needs the .NET 10 SDK, but $dotnet offers another one or only a runtime. Install it (https://dot.net), then try again." >&2
  return 1
}

# The servers that a build leaves behind would hold our caller's pipes open, so that it never sees the end of the output.
readonly alone=(--disable-build-servers -nodeReuse:false)
