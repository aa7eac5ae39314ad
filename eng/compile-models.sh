#!/usr/bin/env bash
# Writes src/Gatehouse.Store/CompiledModels anew: what EF Core would otherwise build at every start. After every change of the model.
set -euo pipefail

cd "$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")/src/Gatehouse.Store"
export WithoutCompiledModels=true # Read by the project.
dotnet tool restore >/dev/null
for database in Sqlite Postgres; do
  rm -rf "CompiledModels/$database"
  dotnet ef dbcontext optimize --configuration Release --context "${database}GatehouseDb" \
    --output-dir "CompiledModels/$database" --namespace "Gatehouse.Store.CompiledModels.$database" >/dev/null
done
# UTF-8 without a mark, like every other file.
sed -i '1s/^\xEF\xBB\xBF//' CompiledModels/*/*.cs
