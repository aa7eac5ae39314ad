using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Gatehouse.Store.Migrations.Sqlite
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
                type: "TEXT",
                nullable: false,
                defaultValue: "jwt");

            migrationBuilder.AddColumn<string>(
                name: "TokenExchangeAudiences",
                table: "Applications",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<string>(
                name: "TokenExchangeSubjects",
                table: "Applications",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<string>(
                name: "AccessTokenFormat",
                table: "Apis",
                type: "TEXT",
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
