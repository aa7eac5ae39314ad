using Gatehouse.Composition;
using Gatehouse.Store.Secrets;

namespace Gatehouse.Configuration;

/// <summary>The folder of an embedded node: database, key-encryption key, certificates. Only its owner may read what is secret in it.</summary>
internal sealed class DataFolder : IDisposable
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream heldLock) => (Path, _lock) = (path, heldLock);

    public string Path { get; }

    public string DatabaseFile => DatabaseFileIn(Path);

    public static string DatabaseFileIn(string folder) => System.IO.Path.Combine(folder, "gatehouse.db");

    public static string KeyFileIn(string folder) => System.IO.Path.Combine(folder, "key-encryption.key");

    /// <summary>Opens the folder, made when missing, and keeps every other node out of it: SQLite serves one.</summary>
    /// <exception cref="StartRefusedException">It cannot be written, or another node uses it.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path, OwnerOnlyFolder);
            var file = new FileStream(System.IO.Path.Combine(path, "node.lock"), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnlyFile,
            });
            return new DataFolder(path, file);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            throw new StartRefusedException($"The folder {path} cannot be written. Give this user the right to write there, or name another one with --data.", exception);
        }
        catch (IOException exception)
        {
            throw new StartRefusedException(
                $"The folder {path} cannot be used: another gatehouse runs on it, or it is no folder this user may write. End that program, or name another folder with --data.", exception);
        }
    }

    /// <summary>The key-encryption key of the folder; made at first use, never replaced.</summary>
    public KeyEncryptionKey OpenKey()
    {
        var file = KeyFileIn(Path);
        if (!File.Exists(file))
        {
            if (File.Exists(DatabaseFile))
                throw new StartRefusedException($"The key-encryption key {file} is missing, and the database cannot be opened without it. Put it back, or move {Path} away to start anew.");
            var key = KeyEncryptionKey.Generate(out var bytes);
            WriteSecret(file, Convert.ToBase64String(bytes) + "\n");
            return key;
        }
        return KeyFile.Read(file);
    }

    /// <summary>Writes a file that only its owner may read; either the old content is there or the new one, never half.</summary>
    public static void WriteSecret(string file, string content)
    {
        var temporary = file + ".new";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyFile }))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(content);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();
}

/// <summary>A key-encryption key in a file: 32 bytes in base64.</summary>
internal static class KeyFile
{
    /// <exception cref="StartRefusedException">The file cannot be read or holds something else.</exception>
    public static KeyEncryptionKey Read(string file)
    {
        try
        {
            return Parse(File.ReadAllText(file)) ?? throw new StartRefusedException($"The file {file} does not hold 32 bytes in base64. Put the original back; a new key opens nothing.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The key-encryption key {file} cannot be read. Give this user the right to read it.", exception);
        }
    }

    public static KeyEncryptionKey? Parse(string base64)
    {
        Span<byte> key = stackalloc byte[KeyEncryptionKey.Length];
        return Convert.TryFromBase64String(base64.Trim(), key, out var length) && length == KeyEncryptionKey.Length ? new KeyEncryptionKey(key) : null;
    }
}
