using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Gatehouse.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class FederatedIdentities : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "FederatedIdentities",
                table: "Applications",
                type: "TEXT",
                nullable: false,
                defaultValue: "");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "FederatedIdentities",
                table: "Applications");
        }
    }
}
