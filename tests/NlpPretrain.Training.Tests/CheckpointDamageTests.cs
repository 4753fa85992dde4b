using NlpPretrain.Testing;
using static NlpPretrain.Training.Tests.CheckpointFolderTests;

namespace NlpPretrain.Training.Tests;

/// <summary>What a killed writer or a bad disk leaves.</summary>
public sealed class CheckpointDamageTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    private string Place => _root.File("checkpoints");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_writer_that_throws_after_any_file_saves_nothing_and_leaves_nothing(int filesBefore)
    {
        var folder = new CheckpointFolder(Place);
        Checkpoint first = folder.Save(1, path => WriteFiles(path, 1));

        folder.Invoking(f => f.Save(2, path => WriteSome(path, filesBefore, () => throw new InvalidOperationException("Stop.")))).Should().Throw<InvalidOperationException>().WithMessage("Stop.");

        folder.Latest().Should().BeEquivalentTo(new CheckpointSearch(first, []));
        Names(Place).Should().Equal(".lock", "step-000000001");
    }

    [Theory]
    [InlineData(2)] // a new step
    [InlineData(1)] // the same step, replaced
    public void A_writer_killed_at_any_moment_leaves_a_whole_checkpoint_and_the_next_save_cleans_up(long step)
    {
        var snapshots = new List<(string Phase, string Folder)>();
        void Snapshot(string phase)
        {
            string copy = _root.File($"killed-{snapshots.Count}");
            Copy(Place, copy);
            snapshots.Add((phase, copy));
        }

        new CheckpointFolder(Place, keep: 1).Save(1, path => WriteFiles(path, 1));
        var folder = new CheckpointFolder(Place, keep: 1) { PhaseReached = Snapshot };
        folder.Save(step, path =>
        {
            for (int files = 0; files <= 3; files++) WriteSome(path, files, () => Snapshot($"file {files}"), content: 42);
        });

        string[] last = step == 1 ? ["replaced", "published"] : ["published", "deleting"];
        snapshots.Select(snapshot => snapshot.Phase).Should().Equal(["file 0", "file 1", "file 2", "file 3", "written", "synced", "listed", .. last]);
        foreach ((string phase, string copy) in snapshots)
        {
            bool isNew = phase is "published" or "deleting";
            var killed = new CheckpointFolder(copy, keep: 2);
            CheckpointSearch search = killed.Latest();
            search.Damaged.Should().BeEmpty(phase);
            search.Found!.Step.Should().Be(isNew ? step : 1, phase);
            File.ReadAllText(Path.Combine(search.Found.Folder, "model.bin")).Should().Be(isNew ? "weights 42" : "weights 1", phase);

            killed.Begin(resume: true).Found!.Step.Should().Be(isNew ? step : 1, phase);
            Names(copy).Should().OnlyContain(name => name == ".lock" || name.StartsWith("step-"), phase);
            killed.Save(9, path => WriteFiles(path, 9));
            killed.Latest().Found!.Step.Should().Be(9, phase);
            Names(copy).Should().OnlyContain(name => name == ".lock" || name.StartsWith("step-"), phase);
        }
    }

    [Fact]
    public void Any_changed_byte_of_any_file_is_noticed_and_the_checkpoint_before_is_found()
    {
        var folder = new CheckpointFolder(Place);
        folder.Save(1, path => WriteFiles(path, 1));
        Checkpoint newest = folder.Save(2, path => WriteFiles(path, 2));
        int changed = 0;
        foreach (string file in Directory.GetFiles(newest.Folder, "*", SearchOption.AllDirectories))
        {
            byte[] whole = File.ReadAllBytes(file);
            for (int i = 0; i < whole.Length; i += 2)
            {
                byte[] damaged = [.. whole];
                damaged[i] ^= (byte)(1 << (i % 8));
                if (i % 5 == 0) damaged[i] = (byte)(whole[i] ^ 0x20); // letters change their case
                File.WriteAllBytes(file, damaged);
                Passed(folder, file, i);
                changed++;
            }

            for (int length = 0; length < whole.Length; length += 1 + whole.Length / 10)
            {
                File.WriteAllBytes(file, whole[..length]);
                Passed(folder, file, length);
            }

            File.WriteAllBytes(file, [.. whole, (byte)' ']);
            Passed(folder, file, whole.Length);
            File.Delete(file);
            Passed(folder, file, 0);
            File.WriteAllBytes(file, whole);
        }

        changed.Should().BeGreaterThan(250);
        folder.Latest().Should().BeEquivalentTo(new CheckpointSearch(newest, []));
    }

    [Fact]
    public void The_reason_names_the_file_and_what_is_wrong_and_all_may_be_damaged()
    {
        var folder = new CheckpointFolder(Place);
        string older = folder.Save(1, path => WriteFiles(path, 1)).Folder, newer = folder.Save(2, path => WriteFiles(path, 2)).Folder;
        File.WriteAllText(Path.Combine(newer, "model.bin"), "weights 3");
        File.Delete(Path.Combine(older, "manifest.json"));

        CheckpointSearch search = folder.Latest();

        search.Found.Should().BeNull();
        search.Damaged.Select(damage => (damage.Path, damage.Field)).Should().Equal((Path.Combine(newer, "model.bin"), "SHA-256"), (Path.Combine(older, "manifest.json"), "file"));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/hostname")]
    [InlineData("a/../../outside")]
    [InlineData("./model.bin")]
    [InlineData("a//b")]
    [InlineData("C:outside")]
    [InlineData("..\\\\outside")]
    [InlineData("")]
    public void A_manifest_cannot_name_a_file_outside_its_folder(string path)
    {
        var folder = new CheckpointFolder(Place);
        string manifest = Path.Combine(folder.Save(1, f => WriteFiles(f, 1)).Folder, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"config.json\"", $"\"{path}\""));

        folder.Latest().Damaged.Should().ContainSingle().Which.Field.Should().Be("path");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"format\":2,\"step\":1,\"files\":[]}")]
    [InlineData("{\"format\":1,\"step\":1,\"files\":[]}")]
    [InlineData("{\"format\":1,\"step\":1,\"files\":null}")]
    [InlineData("{\"format\":1,\"step\":1,\"files\":[null]}")]
    [InlineData("{\"format\":1,\"step\":1,\"files\":[{\"path\":null,\"length\":1,\"sha256\":\"\"}]}")]
    [InlineData("{\"format\":1,\"step\":1,\"files\":[{\"path\":\"model.bin\",\"length\":-1,\"sha256\":null}]}")]
    [InlineData("{\"format\":1,\"step\":1,\"step\":1,\"files\":[{\"path\":\"config.json\",\"length\":2,\"sha256\":\"\"}]}")]
    [InlineData("{\"format\":1,\"step\":1,\"files\":[{\"path\":\"\\ud800\",\"length\":2,\"sha256\":\"\"}]}")]
    public void An_odd_manifest_is_damage_and_nothing_else(string json)
    {
        var folder = new CheckpointFolder(Place);
        File.WriteAllText(Path.Combine(folder.Save(1, f => WriteFiles(f, 1)).Folder, "manifest.json"), json);

        CheckpointSearch search = folder.Latest();
        search.Found.Should().BeNull();
        search.Damaged.Should().ContainSingle();
    }

    [Fact]
    public void A_checkpoint_renamed_to_another_step_is_damaged()
    {
        var folder = new CheckpointFolder(Place);
        Directory.Move(folder.Save(1, f => WriteFiles(f, 1)).Folder, Path.Combine(Place, "step-000000002"));

        folder.Latest().Damaged.Should().ContainSingle().Which.Field.Should().Be("step");
    }

    [Fact]
    public void A_failed_sync_is_an_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /dev/null of Linux, which cannot be synced.");
        FluentActions.Invoking(() => DurableStorage.SyncFile("/dev/null")).Should().Throw<IOException>().WithMessage("Could not sync '/dev/null': Invalid argument (error 22)*");
        FluentActions.Invoking(() => DurableStorage.SyncFolder(_root.File("absent"))).Should().Throw<IOException>().WithMessage("Could not open*");
        DurableStorage.SyncFolder(_root.Path);
        DurableStorage.SyncFile(_root.Write("x", "x"));
    }

    private static void Passed(CheckpointFolder folder, string file, int place)
    {
        CheckpointSearch search = folder.Latest();
        if (search.Found?.Step != 1 || search.Damaged.Count != 1) Assert.Fail($"Damage to {file} at {place} gave step {search.Found?.Step}.");
    }

    private static void WriteSome(string folder, int files, Action then, long content = 2)
    {
        string[] names = ["config.json", "model.bin", "optimizer.bin"];
        for (int i = 0; i < files; i++) File.WriteAllText(Path.Combine(folder, names[i]), $"weights {content}");
        then();
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (string file in Directory.GetFiles(from).Where(file => Path.GetFileName(file) != ".lock")) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
