#!/usr/bin/env bash
# Measures how many mutants of src/Gatehouse.Protocol its pure tests find (docs/rfc/mutation.md says how to read the answer):
#   eng/mutation.sh [OPTION…]      such as: eng/mutation.sh --mutate 'Forms/*.cs' --concurrency 4
# The report lies in tests/Protocol/StrykerOutput.
set -euo pipefail

root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
cd "$root/tests/Protocol"
# shellcheck source=eng/dotnet.sh
source "$root/eng/dotnet.sh"
dotnet=$(find_dotnet mutation)
require_sdk mutation "$dotnet"
"$dotnet" tool restore
exec "$dotnet" stryker --skip-version-check "$@"
