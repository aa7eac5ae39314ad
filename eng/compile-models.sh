#!/usr/bin/env bash
# Writes src/Gatehouse.Store/CompiledModels anew: what EF Core would otherwise build at every start. After every change of the model and after every
# new version of EF Core.
set -euo pipefail

root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
cd "$root"
# shellcheck source=eng/dotnet.sh
source eng/dotnet.sh
dotnet=$(find_dotnet compile-models)
require_sdk compile-models "$dotnet"

cd src/Gatehouse.Store
export WithoutCompiledModels=true # Read by the project: the old ones may not compile any more.
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
"$dotnet" tool restore >/dev/null
for database in Sqlite Postgres; do
  "$dotnet" ef dbcontext optimize --configuration Release --context "${database}GatehouseDb" \
    --output-dir "$made/$database" --namespace "Gatehouse.Store.CompiledModels.$database" >/dev/null
done
# UTF-8 without a mark, like every other file.
sed -i '1s/^\xEF\xBB\xBF//' "$made"/*/*.cs
rm -rf CompiledModels
mkdir CompiledModels
cp -r "$made"/. CompiledModels/
