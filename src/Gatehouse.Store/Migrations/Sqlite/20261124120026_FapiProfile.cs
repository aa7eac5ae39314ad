using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Gatehouse.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class FapiProfile : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "Fapi2SecurityProfile",
                table: "Applications",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Fapi2SecurityProfile",
                table: "Applications");
        }
    }
}
