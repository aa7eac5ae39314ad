using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Gatehouse.Store.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ResourceServers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<List<string>>(
                name: "ResourceServers",
                table: "Apis",
                type: "text[]",
                nullable: false,
                defaultValueSql: "ARRAY[]::text[]"); // Rows that are there have none; without a default PostgreSQL refuses the column.
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ResourceServers",
                table: "Apis");
        }
    }
}
