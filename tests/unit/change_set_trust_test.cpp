#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/change_set.h"
#include "base/paths.h"
#include "tests/support/file_content.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::TempDir;

constexpr uid_t kNodeUser = 65534;
constexpr uid_t kStranger = 1234;

void put(const fs::path& path, const std::string& text, uid_t owner, mode_t mode) {
  std::ofstream(path) << text;
  REQUIRE(chown(path.c_str(), owner, getegid()) == 0);
  REQUIRE(chmod(path.c_str(), mode) == 0);
}

/// A configuration directory of the node's user, in which root works; false where this is not root.
bool as_root_for_node(const std::string& test, const TempDir& config) {
  if (geteuid() != 0) {
    test_support::report_skip(test, "needs root");
    return false;
  }
  return chown(config.path().c_str(), kNodeUser, 0) == 0;
}

base::ChangeSet handing_over(const TempDir& config, const fs::path& target) {
  base::ChangeSet changes;
  changes.directory = config.path();
  changes.outside_files.push_back({target, base::Secret::copy_of("secret"), 0600, false});
  return changes;
}

}  // namespace

TEST_CASE("a journal that the node's user forged does not make root write elsewhere") {
  const TempDir config;
  const TempDir elsewhere;
  if (!as_root_for_node("a forged journal", config)) return;
  put(elsewhere / "victim", "", 0, 0600);
  put(config / "outside-0.esboot-new", "chosen by the node's user", kNodeUser, 0600);
  put(config / ".esboot-journal",
      "outside\toutside-0.esboot-new\t" + (elsewhere / "victim").string() + "\t\nend\n", kNodeUser,
      0600);
  auto refused = base::recover(config.path());
  REQUIRE_FALSE(refused.ok());
  CHECK(contains(refused.error().message, "is not root's"));
  CHECK(content(elsewhere / "victim").empty());
}

TEST_CASE("what was staged is not read through a link that the node's user put there") {
  const TempDir config;
  const TempDir elsewhere;
  if (!as_root_for_node("a link in place of a staged file", config)) return;
  put(elsewhere / "only-root", "only root may read this", 0, 0600);
  put(elsewhere / "target", "", 0, 0600);
  fs::create_symlink(elsewhere / "only-root", config / "outside-0.esboot-new");
  put(config / ".esboot-journal",
      "outside\toutside-0.esboot-new\t" + (elsewhere / "target").string() + "\t\nend\n", 0, 0644);
  CHECK_FALSE(base::recover(config.path()).ok());
  CHECK(content(elsewhere / "target").empty());
}

TEST_CASE("no link in place of a staged file is given the owner and mode of its target") {
  if (geteuid() != 0) return test_support::report_skip("a link to be given away", "needs root");
  for (const bool is_hard : {false, true}) {
    const TempDir config;
    REQUIRE(chown(config.path().c_str(), kNodeUser, 0) == 0);
    const fs::path victim = config / "only-root";
    put(victim, "root's", 0, 0600);
    put(config / "yml", "the node's", kNodeUser, 0666);
    if (is_hard) {
      fs::create_hard_link(victim, config / "yml.esboot-new");
    } else {
      fs::create_symlink(victim, config / "yml.esboot-new");
    }
    put(config / ".esboot-journal", "file\tyml.esboot-new\tyml\t\nend\n", 0, 0644);
    (void)base::recover(config.path());
    struct stat status{};
    REQUIRE(stat(victim.c_str(), &status) == 0);
    CHECK(status.st_uid == 0);
    CHECK((status.st_mode & 07777U) == 0600);
  }
}

TEST_CASE("links where files are to go are not followed, and what they name stays as it is") {
  const TempDir config;
  const TempDir elsewhere;
  put(elsewhere / "victim", "mine", geteuid(), 0600);
  const auto commit_with = [&](auto&& add) {
    base::ChangeSet changes;
    changes.directory = config.path();
    add(&changes);
    return base::commit(changes);
  };
  const auto file = [&](const std::string& name) {
    return base::FileChange{name, base::Secret::copy_of("new"), 0600, false};
  };
  // In place of what is staged: it is removed as a leftover, or never opened.
  fs::create_symlink(elsewhere / "victim", config / "store.esboot-new");
  fs::create_directory_symlink(elsewhere.path(), config / "certs.esboot-new");
  CHECK(commit_with([&](base::ChangeSet* changes) {
          changes->files.push_back(file("store"));
          changes->directories.push_back({"certs", 0750, {}, "kept"});
          changes->directories.back().files.push_back(file("victim"));
        }).ok());
  CHECK(content(config / "store") == "new");
  CHECK(content(config / "certs/victim") == "new");
  // In place of the target.
  for (const char* const to : {"victim", "nothing"}) {
    fs::create_symlink(elsewhere / to, config / "linked");
    CHECK_FALSE(commit_with([&](base::ChangeSet* changes) {
                  changes->files.push_back(file("linked"));
                }).ok());
    // Elsewhere, as a file for credentials in a directory that all share.
    CHECK_FALSE(commit_with([&](base::ChangeSet* changes) {
                  changes->outside_files.push_back(file((config / "linked").string()));
                }).ok());
    fs::remove(config / "linked");
  }
  CHECK(content(elsewhere / "victim") == "mine");
  CHECK_FALSE(fs::exists(elsewhere / "nothing"));
}

TEST_CASE("a temp directory is its maker's alone, under a name of its own") {
  const TempDir shared;
  const auto umask_before = umask(0);
  const auto one = base::create_private_directory((shared / "es-").string());
  const auto other = base::create_private_directory((shared / "es-").string());
  umask(umask_before);
  REQUIRE(one.ok());
  REQUIRE(other.ok());
  CHECK(one.value() != other.value());
  struct stat status{};
  REQUIRE(stat(one.value().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0700);
  CHECK(status.st_uid == geteuid());
  CHECK_FALSE(base::create_private_directory((shared / "missing/es-").string()).ok());
}

TEST_CASE("root hands nothing over to a file that a stranger made") {
  const TempDir config;
  const TempDir shared;
  if (!as_root_for_node("a file that a stranger made", config)) return;
  REQUIRE(chmod(shared.path().c_str(), 01777) == 0);
  put(shared / "credentials", "", kStranger, 0600);
  auto refused = base::commit(handing_over(config, shared / "credentials"));
  REQUIRE_FALSE(refused.ok());
  CHECK(contains(refused.error().message, "not ours to fill"));
  CHECK(content(shared / "credentials").empty());
  CHECK(fs::is_empty(config.path()));

  put(shared / "of-the-node", "", kNodeUser, 0600);  // whose configuration it is may have it
  CHECK(base::commit(handing_over(config, shared / "of-the-node")).ok());
  CHECK(content(shared / "of-the-node") == "secret");
  CHECK(base::commit(handing_over(config, shared / "new")).ok());
  CHECK(content(shared / "new") == "secret");
}

TEST_CASE("root goes on with a journal of its own") {
  const TempDir config;
  const TempDir elsewhere;
  if (!as_root_for_node("a journal of root's own", config)) return;
  put(elsewhere / "target", "", 0, 0600);
  put(config / "outside-0.esboot-new", "secret", kNodeUser, 0600);
  put(config / ".esboot-journal",
      "outside\toutside-0.esboot-new\t" + (elsewhere / "target").string() + "\t\nend\n", 0, 0644);
  CHECK(base::recover(config.path()).ok());
  CHECK(content(elsewhere / "target") == "secret");
  CHECK(fs::is_empty(config.path()));
}
