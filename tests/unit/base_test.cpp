#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/byte_cursor.h"
#include "base/change_set.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/random.h"
#include "base/text.h"

namespace fs = std::filesystem;
using base::Secret;

namespace {

struct TempDir {
  TempDir() {
    std::string form = (fs::temp_directory_path() / "esboot-unit-XXXXXX").string();
    path = mkdtemp(form.data());
  }
  ~TempDir() { fs::remove_all(path); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  fs::path path;
};

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

mode_t mode_of(const fs::path& path) {
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

base::ChangeSet sample_changes(const fs::path& directory) {
  base::ChangeSet changes;
  changes.directory = directory.string();
  base::DirectoryChange certs{"certs", 0750, {}, "7.orig"};
  certs.files.push_back({"a.p12", Secret::copy_of("new a"), 0660, false});
  changes.directories.push_back(std::move(certs));
  changes.files.push_back({"store", Secret::copy_of("new store"), 0660, false});
  changes.files.push_back({"yml", Secret::copy_of("new yml"), 0660, false});
  return changes;
}

}  // namespace

TEST_CASE("a byte cursor reads what was written and never past the end") {
  base::ByteWriter out;
  out.u8(1);
  out.u16_be(0x0203);
  out.u32_be(0x04050607);
  out.u32_le(0x0b0a0908);
  out.u64_be(0x0c0d0e0f10111213);
  const Secret bytes = out.take();
  for (std::size_t i = 0; i < bytes.size(); ++i) CHECK(bytes.bytes()[i] == i + 1);
  base::ByteReader in(bytes.bytes());
  CHECK(in.u8().value() == 1);
  CHECK(in.u16_be().value() == 0x0203);
  CHECK(in.u32_be().value() == 0x04050607);
  CHECK(in.u32_le().value() == 0x0b0a0908);
  CHECK(in.u64_be().value() == 0x0c0d0e0f10111213);
  CHECK(in.remaining() == 0);
  const auto beyond = in.u8();
  REQUIRE_FALSE(beyond.ok());
  CHECK(beyond.error().message.find("at byte 19") != std::string::npos);
}

TEST_CASE("random text draws every symbol of its alphabet and nothing else") {
  const auto text = base::random_text(4000, "abc");
  REQUIRE(text.ok());
  CHECK(text.value().size() == 4000);
  for (const char symbol : {'a', 'b', 'c'}) {
    const auto drawn =
        std::count(text.value().expose().begin(), text.value().expose().end(), symbol);
    CHECK(drawn > 1100);
    CHECK(drawn < 1600);
  }
  const auto uuid = base::random_uuid_base64();
  CHECK(uuid.value().size() == 22);
  CHECK_FALSE(uuid.value().equals(base::random_uuid_base64().value()));
}

TEST_CASE("UTF-8 is recognised by the letter of RFC 3629") {
  for (const char* good : {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF"})
    CHECK(base::is_utf8(good));
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"})
    CHECK_FALSE(base::is_utf8(bad));
}

TEST_CASE("a date is written as in the yml block") {
  CHECK(base::format_utc(1700000000, "%d-%m-%Y %H:%M:%S UTC") == "14-11-2023 22:13:20 UTC");
}

TEST_CASE("a secret moves, clones, truncates and compares") {
  Secret one = Secret::copy_of("hunter22");
  Secret two = one.clone();
  CHECK(one.equals(two));
  two.truncate(6);
  CHECK(two.expose() == "hunter");
  const Secret three = std::move(one);
  CHECK(three.expose() == "hunter22");
  CHECK_FALSE(three.equals(two));
}

TEST_CASE("a change set replaces all of its files and keeps modes") {
  const TempDir dir;
  put(dir.path / "yml", "old yml");
  chmod((dir.path / "yml").c_str(), 0640);
  fs::create_directory(dir.path / "certs");
  put(dir.path / "certs" / "mine", "kept");
  REQUIRE(base::commit(sample_changes(dir.path)).ok());
  CHECK(content(dir.path / "yml") == "new yml");
  CHECK(mode_of(dir.path / "yml") == 0640);
  CHECK(content(dir.path / "store") == "new store");
  CHECK(mode_of(dir.path / "store") == 0660);
  CHECK(content(dir.path / "certs" / "a.p12") == "new a");
  CHECK(mode_of(dir.path / "certs") == 0750);
  CHECK(content(dir.path / "certs.7.orig" / "mine") == "kept");
  CHECK(std::distance(fs::directory_iterator(dir.path), {}) == 4);
}

TEST_CASE("a change set that cannot be staged changes nothing") {
  const TempDir dir;
  put(dir.path / "store", "mine");
  auto changes = sample_changes(dir.path);
  changes.files[0].must_be_new = true;
  const auto done = base::commit(changes);
  REQUIRE_FALSE(done.ok());
  CHECK(content(dir.path / "store") == "mine");
  CHECK(std::distance(fs::directory_iterator(dir.path), {}) == 1);
}

TEST_CASE("recover removes what was only staged and completes what was committed") {
  const TempDir dir;
  put(dir.path / "yml", "old yml");
  put(dir.path / "yml.esboot-new", "new yml");
  REQUIRE(base::recover(dir.path.string()).ok());
  CHECK(content(dir.path / "yml") == "old yml");
  CHECK_FALSE(fs::exists(dir.path / "yml.esboot-new"));

  put(dir.path / "yml.esboot-new", "new yml");
  put(dir.path / ".esboot-journal",
      "file\tgone.esboot-new\tgone\t\nfile\tyml.esboot-new\tyml\t\nend\n");
  REQUIRE(base::recover(dir.path.string()).ok());
  CHECK(content(dir.path / "yml") == "new yml");
  CHECK(std::distance(fs::directory_iterator(dir.path), {}) == 1);
}

TEST_CASE("recover refuses a journal that it did not write") {
  const TempDir dir;
  for (const char* text : {"", "file\ta\tb\t\n", "file\t../a\tb\t\nend\n", "nonsense\nend\n"}) {
    put(dir.path / ".esboot-journal", text);
    CHECK_FALSE(base::recover(dir.path.string()).ok());
  }
}

TEST_CASE("one writer at a time holds the directory") {
  const TempDir dir;
  {
    const auto first = base::DirectoryLock::try_acquire(dir.path.string());
    REQUIRE(first.ok());
    CHECK(first.value().has_value());
    CHECK_FALSE(base::DirectoryLock::try_acquire(dir.path.string()).value().has_value());
  }
  CHECK(base::DirectoryLock::try_acquire(dir.path.string()).value().has_value());
  CHECK_FALSE(base::DirectoryLock::try_acquire((dir.path / "none").string()).ok());
}

TEST_CASE("a mistyped name has the nearest one, and a strange one has none") {
  const std::vector<std::string_view> names{"keystore", "check", "configure", "certs", "ready"};
  CHECK(base::nearest_name("keystroe", names) == "keystore");
  CHECK(base::nearest_name("cert", names) == "certs");
  CHECK(base::nearest_name("confgure", names) == "configure");
  CHECK(base::nearest_name("ready", names) == "ready");
  CHECK(base::nearest_name("bash", names).empty());
  CHECK(base::nearest_name("", names).empty());
}

TEST_CASE("a word is quoted for a shell where it has to be") {
  CHECK(base::shell_quoted("/usr/share/es/bin") == "/usr/share/es/bin");
  CHECK(base::shell_quoted("") == "''");
  CHECK(base::shell_quoted("/My Node/bin") == "'/My Node/bin'");
  CHECK(base::shell_quoted("it's $HOME") == "'it'\\''s $HOME'");
}
