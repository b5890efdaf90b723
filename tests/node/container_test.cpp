#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/background_process.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using test_support::ChildResult;
using test_support::contains;
using test_support::content;
using test_support::eventually;
using test_support::run_child;

constexpr const char* kVersion = "9.5.3";
constexpr uid_t kAnyUid = 4711;
constexpr const char* kPassword = "canary-of-a-container";
constexpr auto kUp = std::chrono::minutes(3);
constexpr auto kStopLimit = std::chrono::seconds(60);
const std::string kHome = "/usr/share/elasticsearch";

ChildResult podman(const std::vector<std::string>& words) {
  std::vector<std::string> argv{"/usr/bin/podman", "--runtime=runc", "--cgroup-manager=cgroupfs"};
  argv.insert(argv.end(), words.begin(), words.end());
  return run_child({argv, "", {}, "/"});
}

/// An image and what its containers mount, gone with the object.
struct Image {
  test_support::TempDir place;
  std::string name = "esboot-test-" + std::to_string(getpid());

  Image() { chmod(place.path().c_str(), 0755); }
  ~Image() {
    podman({"rm", "-f", name});
    podman({"rmi", "-f", name});
  }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  void build(const fs::path& distribution, const fs::path& jdk) const {
    const fs::path layout = place / "image";
    fs::create_directory(layout);
    const auto laid_out = run_child(
        {{"/bin/bash",
          (fs::path(ESBOOT_SOURCE_DIR) / "packaging/container/build-image.sh").string(),
          distribution.string(), test_support::esboot_binary(), layout.string(), jdk.string()},
         "",
         {},
         "/"});
    REQUIRE_MESSAGE(laid_out.exit_code == 0, laid_out.err);
    const auto built = podman({"build", "--format", "docker", "-q", "-t", name, layout.string()});
    REQUIRE_MESSAGE(built.exit_code == 0, built.err);
    fs::remove_all(layout);
  }

  /// A file or directory of the uid in the container.
  fs::path own(const std::string& name_of_it, const std::string& text = "") const {
    const fs::path path = place / name_of_it;
    if (text.empty())
      fs::create_directory(path);
    else
      std::ofstream(path) << text;
    REQUIRE(chown(path.c_str(), kAnyUid, 0) == 0);
    chmod(path.c_str(), text.empty() ? 0770 : 0640);
    return path;
  }

  [[nodiscard]] ChildResult run(const std::vector<std::string>& options,
                                const std::vector<std::string>& command = {}) const {
    std::vector<std::string> words{"run",
                                   "--name=" + name,
                                   "--ulimit=nofile=4096:4096",
                                   "--ulimit=nproc=4096:4096",
                                   "--network=none",
                                   "--read-only",
                                   "--cap-drop=ALL",
                                   "--security-opt=no-new-privileges",
                                   "--user=" + std::to_string(kAnyUid) + ":0",
                                   "--tmpfs=/tmp:rw,mode=1777"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(name);
    words.insert(words.end(), command.begin(), command.end());
    return podman(words);
  }
};

std::string command_line_of_child(const std::string& pid) {
  std::string child = content("/proc/" + pid + "/task/" + pid + "/children");
  child = child.substr(0, child.find(' '));
  std::string text = content("/proc/" + child + "/cmdline");
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

}  // namespace

TEST_CASE("a node in a container: any uid, read-only root, no capability, one GiB") {
  const std::string test = "a node in a container";
  const auto distribution = test_support::es_home(kVersion);
  const auto jdk = test_support::jdk_for(kVersion);
  if (!distribution || !jdk || geteuid() != 0 || podman({"info"}).exit_code != 0) {
    test_support::report_skip(test, "needs Elasticsearch, a JDK, root and podman with runc");
    return;
  }
  const Image image;
  image.build(*distribution, fs::canonical(*jdk));
  const fs::path yml = image.own("elasticsearch.yml", "cluster.name: mounted\n");
  std::vector<std::string> options{"--detach", "--memory=1g", "--memory-swap=1g",
                                   "--env=ELASTIC_PASSWORD_FILE=/run/secrets/password",
                                   "--env=discovery.type=single-node"};
  for (const char* const name : {"config", "data", "logs"})
    options.push_back("--volume=" + image.own(name).string() + ":" + kHome + "/" + name);
  options.push_back("--volume=" + image.own("password", kPassword).string() +
                    ":/run/secrets/password:ro");
  // As the image has it, but for the one file that is a mount of its own, which no rename replaces.
  fs::path filled = image.place / "config";
  REQUIRE(podman({"create", "--name=" + image.name + "-files", image.name}).exit_code == 0);
  podman({"cp", image.name + "-files:" + kHome + "/config.dist/.", filled.string()});
  podman({"rm", image.name + "-files"});
  for (const auto& entry : fs::recursive_directory_iterator(filled))
    REQUIRE(chown(entry.path().c_str(), kAnyUid, 0) == 0);
  options.push_back("--volume=" + yml.string() + ":" + kHome + "/config/elasticsearch.yml");

  const auto started = image.run(options);
  REQUIRE_MESSAGE(started.exit_code == 0, started.err);
  const bool up = eventually(
      [&] { return podman({"exec", image.name, "esboot", "ready"}).exit_code == 0; }, kUp);
  REQUIRE_MESSAGE(up, podman({"logs", image.name}).out);
  CHECK(podman({"healthcheck", "run", image.name}).exit_code == 0);
  const std::string pid = podman({"inspect", "--format", "{{.State.Pid}}", image.name}).out;
  const std::string init = pid.substr(0, pid.find('\n'));
  CHECK(fs::path(content("/proc/" + init + "/comm")) == "esboot-init\n");
  CHECK(contains(command_line_of_child(init), "-Xmx512m"));  // half of what the container may have
  CHECK(contains(content(yml), "cluster.name: mounted\n"));
  CHECK(contains(content(yml), "END SECURITY AUTO CONFIGURATION"));
  const auto logs = podman({"logs", image.name});
  CHECK_FALSE(contains(logs.out + logs.err, kPassword));
  CHECK(contains(podman({"exec", image.name, "elasticsearch-keystore", "list"}).out,
                 "bootstrap.password\n"));
  CHECK_FALSE(contains(content("/proc/" + init + "/environ"), kPassword));

  const auto begin = std::chrono::steady_clock::now();
  CHECK(podman({"stop", "-t", "60", image.name}).exit_code == 0);
  CHECK(std::chrono::steady_clock::now() - begin < kStopLimit);
  CHECK(podman({"inspect", "--format", "{{.State.ExitCode}}", image.name}).out == "143\n");

  podman({"rm", "-f", image.name});
  const auto refused = image.run({"--env=ES_LOG_STYLE=syslog"});
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "ES_LOG_STYLE"));
  podman({"rm", "-f", image.name});
  CHECK(contains(image.run({}, {"esboot", "help"}).out, "eswrapper"));
}
