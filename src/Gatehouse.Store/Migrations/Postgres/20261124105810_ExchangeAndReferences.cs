using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Gatehouse.Store.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ExchangeAndReferences : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "AccessTokenFormat",
                table: "Applications",
                type: "text",
                nullable: false,
                defaultValue: "jwt");

            migrationBuilder.AddColumn<List<string>>(
                name: "TokenExchangeAudiences",
                table: "Applications",
                type: "text[]",
                nullable: false,
                defaultValueSql: "ARRAY[]::text[]");

            migrationBuilder.AddColumn<List<string>>(
                name: "TokenExchangeSubjects",
                table: "Applications",
                type: "text[]",
                nullable: false,
                defaultValueSql: "ARRAY[]::text[]");

            migrationBuilder.AddColumn<string>(
                name: "AccessTokenFormat",
                table: "Apis",
                type: "text",
                nullable: false,
                defaultValue: "jwt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "AccessTokenFormat",
                table: "Applications");

            migrationBuilder.DropColumn(
                name: "TokenExchangeAudiences",
                table: "Applications");

            migrationBuilder.DropColumn(
                name: "TokenExchangeSubjects",
                table: "Applications");

            migrationBuilder.DropColumn(
                name: "AccessTokenFormat",
                table: "Apis");
        }
    }
}
