using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Gatehouse.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SigningAlgorithms : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "Y",
                table: "SigningKeys",
                newName: "PublicKey");

            migrationBuilder.RenameColumn(
                name: "X",
                table: "SigningKeys",
                newName: "Algorithm");

            migrationBuilder.AddColumn<long>(
                name: "ChangedAt",
                table: "SigningKeys",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            // The two coordinates, which the renamed columns still hold, become a JWK.
            migrationBuilder.Sql(
                """
                UPDATE "SigningKeys" SET
                    "PublicKey" = '{"kty":"EC","crv":"P-256","x":"' || "Algorithm" || '","y":"' || "PublicKey" || '","use":"sig","alg":"ES256","kid":"' || "Kid" || '"}',
                    "Algorithm" = 'ES256',
                    "ChangedAt" = "CreatedAt"
                """);

            migrationBuilder.AddColumn<string>(
                name: "IdTokenSignedResponseAlg",
                table: "Applications",
                type: "TEXT",
                nullable: false,
                defaultValue: "ES256");

            migrationBuilder.AddColumn<string>(
                name: "AccessTokenSigningAlg",
                table: "Apis",
                type: "TEXT",
                nullable: false,
                defaultValue: "ES256");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ChangedAt",
                table: "SigningKeys");

            migrationBuilder.DropColumn(
                name: "IdTokenSignedResponseAlg",
                table: "Applications");

            migrationBuilder.DropColumn(
                name: "AccessTokenSigningAlg",
                table: "Apis");

            migrationBuilder.RenameColumn(
                name: "PublicKey",
                table: "SigningKeys",
                newName: "Y");

            migrationBuilder.RenameColumn(
                name: "Algorithm",
                table: "SigningKeys",
                newName: "X");
        }
    }
}
