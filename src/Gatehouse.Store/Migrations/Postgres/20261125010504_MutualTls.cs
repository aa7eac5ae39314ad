using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Gatehouse.Store.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class MutualTls : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "CertificateBoundAccessTokens",
                table: "Applications",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "CertificateSubject",
                table: "Applications",
                type: "character varying(576)",
                maxLength: 576,
                nullable: false,
                defaultValue: "");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "CertificateBoundAccessTokens",
                table: "Applications");

            migrationBuilder.DropColumn(
                name: "CertificateSubject",
                table: "Applications");
        }
    }
}
