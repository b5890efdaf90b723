// What README tells a newcomer to run, run in a minimal Debian that has nothing else. The commands
// are README's own, in its order.
#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/report.h"
#include "tests/support/temp_dir.h"

namespace fs = std::filesystem;

namespace {

const std::string kTest = "a newcomer in a minimal Debian";

/// What is in an indented block of a section, without the remarks: commands, and files they read.
struct Shown {
  std::vector<std::string> commands;
  std::string json;
};

Shown shown_in(const std::string& section) {
  Shown shown;
  bool inside = false;
  const std::string readme = test_support::content(fs::path(ESBOOT_SOURCE_DIR) / "README.md");
  for (const std::string& line : base::split(readme, '\n')) {
    if (line.starts_with("## ")) inside = line == "## " + section;
    if (!inside || !line.starts_with("    ")) continue;
    const std::string text(base::trim(line.substr(0, line.find(" #"))));
    if (text.starts_with('{') || !shown.json.empty())
      shown.json += text + "\n";
    else
      shown.commands.push_back(text);
  }
  return shown;
}

/// A tar of a Debian of this machine's release with apt and nothing else, made once. Empty: it
/// cannot be.
std::string minimal_debian() {
  const fs::path archive = test_support::cache_directory() / "roots/minimal.tar";
  if (fs::exists(archive)) return archive;
  fs::create_directories(archive.parent_path());
  const auto made = test_support::run_child(
      {{"/bin/bash", "-euo", "pipefail", "-c",
        "exec 2>&1; . /etc/os-release; sources=/etc/apt/sources.list.d/debian.sources\n"
        "[ -e $sources ] || sources=/etc/apt/sources.list\n"
        "mmdebstrap --quiet --variant=minbase \"$VERSION_CODENAME\" \"$1.part.tar\" $sources\n"
        "mv \"$1.part.tar\" \"$1\"",
        "bash", archive},
       "",
       {},
       "."});
  if (made.exit_code == 0) return archive;
  test_support::report_skip(kTest, "mmdebstrap could not make a root: " + made.out);
  return {};
}

/// How this machine reaches packages, Maven's repository and the certificates that it trusts: where
/// the new machine stands is no part of what a newcomer does.
const std::string kSurroundings = R"sh(
for place in /etc/apt /usr/local/share/ca-certificates /etc/ssl/certs/ca-certificates.crt \
    /etc/hosts ~/.m2/settings.xml; do
  [ -e "$place" ] || continue
  rm -rf "$root$place"; mkdir -p "$(dirname "$root$place")"; cp -a "$place" "$root$place"
done
)sh";

/// Waits until a node answers its first password over TLS that its own CA vouches for. What esboot
/// said on stderr is in the file $said, what the node logs in $log; its process is $pid, if any.
const std::string kAnswers = R"sh(
answers() {
  local limit=$((SECONDS + 2400)) password ca port
  while [ $SECONDS -lt $limit ]; do
    password=$(sed -n 's/.*the password of the user elastic is in //p' "$said")
    ca=$(sed -n 's/.*security is configured; CA certificate: //p' "$said")
    port=$(sed -n 's/.*HttpServerTransport.*publish_address {[^}]*:\([0-9]*\)}.*/\1/p' "$log")
    if [ "$password" ] && [ "$ca" ] && [ "$port" ]; then
      [ "$(stat -c %a "$password")" = 600 ] || return 1
      if [ "$(curl -s --noproxy '*' -o /tmp/answer -w '%{http_code}' --cacert "$ca" \
        -u "elastic:$(cat "$password")" "https://localhost:$port/")" = 200 ]; then
        echo "answered 200 after $SECONDS s"
        return
      fi
    fi
    [ -z "${pid:-}" ] || kill -0 "$pid" || return 1
    sleep 0.5
  done
  return 1
}
)sh";

/// The new machine, gone with the object.
class Newcomer {
 public:
  explicit Newcomer(const std::string& archive)
      : report_("ESBOOT_NEWCOMER_REPORT", "A newcomer's first commands",
                "Written by `./dev test --full packaging newcomer`,",
                "A minimal Debian (mmdebstrap, apt and nothing else) with `git archive HEAD` "
                "unpacked in it; README's commands in README's order, in a root of their own with "
                "the network of this machine.\n\n| section of README | command | exit code | "
                "seconds |\n|---|---|---|---|") {
    const auto made = test_support::run_child(
        {{"/bin/bash", "-euo", "pipefail", "-c",
          "exec 2>&1; root=$1/root; mkdir -p $root; tar xf \"$2\" -C $root --exclude='./dev/*'\n"
          "mkdir $root/esboot; git -C '" ESBOOT_SOURCE_DIR
          "' archive HEAD | tar x -C $root/esboot" +
              kSurroundings,
          "bash", work_.path(), archive},
         "",
         {},
         "."});
    INFO(made.out);
    REQUIRE(made.exit_code == 0);
  }

  ~Newcomer() {
    // What systemd-nspawn leaves where /run is on a disk.
    std::error_code ignored;
    fs::remove(fs::path("/run/systemd/nspawn/propagate") / name_, ignored);
  }
  Newcomer(const Newcomer&) = delete;
  Newcomer& operator=(const Newcomer&) = delete;

  /// Runs a command of README as root in the project's directory. `script` does it where it is not
  /// the command as it stands. What it printed.
  std::string run(const std::string& section, const std::string& command, int expected,
                  const std::string& script = "") {
    const auto begun = std::chrono::steady_clock::now();
    const auto done = inside(script.empty() ? command : script);
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun);
    CAPTURE(command);
    INFO(done.out);
    CHECK(done.exit_code == expected);
    report_.line("| " + section + " | `" + command + "` | " + std::to_string(done.exit_code) +
                 " | " + std::to_string(seconds.count()) + " |");
    std::ofstream(log(), std::ios::app) << "$ " << command << "\n" << done.out;
    return done.out;
  }

  test_support::ChildResult inside(const std::string& script) {
    std::vector<std::string> argv{"/usr/bin/systemd-nspawn",
                                  "--quiet",
                                  "--pipe",
                                  "--as-pid2",
                                  "--register=no",
                                  "--keep-unit",
                                  "--machine=" + name_,
                                  "--directory",
                                  root(),
                                  "--chdir",
                                  "/esboot"};
    // As well as the files above.
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string name = std::string(*entry).substr(0, std::string(*entry).find('='));
      for (const char* const part : {"proxy", "PROXY", "CERT", "CA_", "SSL", "MAVEN"})
        if (test_support::contains(name, part)) {
          argv.push_back("--setenv=" + name);
          break;
        }
    }
    for (const char* const word : {"/bin/bash", "-euo", "pipefail", "-c"}) argv.emplace_back(word);
    argv.push_back("exec 2>&1\n" + kAnswers + script);
    return test_support::run_child({argv, "", {{"LC_ALL", "C.UTF-8"}}, "/"});
  }

  void line(const std::string& text) { report_.line(text); }
  [[nodiscard]] fs::path root() const { return work_ / "root"; }

 private:
  [[nodiscard]] static fs::path log() { return fs::path(ESBOOT_BINARY_DIR) / "newcomer.log"; }

  const std::string name_ = "esboot-newcomer-" + std::to_string(getpid());
  test_support::TempDir work_;
  test_support::Report report_;
};

const std::string kEsHome = "/srv/elasticsearch";

/// An installation as its owner has it, and what he types: with his rights, where `command` is a
/// program of the installation or of ours.
std::string as_owner(const std::string& command) {
  return "install -d -o elasticsearch -g elasticsearch /run/elasticsearch /run/secrets\n"
         "echo token > /run/secrets/jira; chown elasticsearch /run/secrets/jira\n"
         "export ES_HOME=" +
         kEsHome +
         " ES_JAVA_HOME=$(./dev jdk 8.19.21)\nowner() { setpriv --reuid elasticsearch "
         "--regid elasticsearch --clear-groups env PATH=/esboot/build/release:$PATH "
         "\"$@\"; }\nowner " +
         command + "\n";
}

void two_commands(Newcomer& newcomer) {
  const std::string section = "Two commands";
  const auto shown = shown_in(section).commands;
  REQUIRE(shown == std::vector<std::string>{"./dev run [VERSION]", "./dev test"});
  // Ended by SIGTERM as the JVM it is: 143. Its stdout is a pipe: into a file a first start skips.
  const std::string out = newcomer.run(section, "./dev run", 143,
                                       "said=/var/tmp/said log=/var/tmp/log\n: >$said >$log\n"
                                       "./dev run > >(cat >$log) 2>$said & pid=$!\n"
                                       "answers || { cat $said $log; exit 1; }\n"
                                       "grep -v '^\\(Get\\|Selecting\\|Preparing\\|Unpacking\\|"
                                       "Setting up\\|Processing\\)' $said\n"
                                       "kill -TERM $pid; wait $pid");
  REQUIRE_MESSAGE(out.find("answered 200") != std::string::npos, out);
}

void existing_installation(Newcomer& newcomer) {
  const std::string section = "Into an existing installation";
  const auto made = newcomer.inside(
      "useradd --system --user-group elasticsearch; cp -a \"$(./dev es 8.19.21 | tail -n 1)\" " +
      kEsHome + "; chown -R elasticsearch: " + kEsHome);
  INFO(made.out);
  REQUIRE(made.exit_code == 0);
  const auto shown = shown_in(section).commands;
  REQUIRE(shown.size() == 3);
  newcomer.run(section, shown[0], 0);
  newcomer.run(section, shown[1], 0, "export ES_HOME=" + kEsHome + "\n" + shown[1]);
  CHECK(fs::is_symlink(newcomer.root() / (kEsHome.substr(1) + "/bin/elasticsearch")));
  const std::string out = newcomer.run(
      section, shown[2], 0,
      as_owner(shown[2] + " 2>/var/tmp/said") +
          "said=/var/tmp/said log=$ES_HOME/logs/elasticsearch.log; cat $said; answers\n"
          "pid=$(cat /run/elasticsearch/es.pid)\nkill -TERM $pid\n"
          "while kill -0 $pid 2>/dev/null; do sleep 0.2; done");
  REQUIRE_MESSAGE(out.find("answered 200") != std::string::npos, out);
}

void keystore(Newcomer& newcomer) {
  const std::string section = "The keystore";
  const Shown shown = shown_in(section);
  const std::map<std::string, int> exit_codes{{"apply", 2}, {"diff", 0}, {"verify", 0}};
  REQUIRE(shown.commands.size() == exit_codes.size());
  std::ofstream(newcomer.root() / "srv/entries.json") << shown.json;
  for (const std::string& command : shown.commands) {
    const std::string verb = base::split(command, ' ').at(2);
    REQUIRE_MESSAGE(exit_codes.contains(verb), verb);
    std::string typed = command;
    if (const auto at = typed.find("FILE"); at != std::string::npos)
      typed.replace(at, 4, "/srv/entries.json");
    newcomer.run(section, command, exit_codes.at(verb), as_owner(typed));
  }
}

void packages(Newcomer& newcomer) {
  const std::string section = "Packages";
  const auto shown = shown_in(section).commands;
  REQUIRE(shown == std::vector<std::string>{"./dev package", "./dev package --all"});
  const std::string out = newcomer.run(section, shown[0], 0);
  for (const std::string ending : {".deb", ".rpm", ".tar.gz"})
    CHECK_MESSAGE(out.find(ending + "\n") != std::string::npos, ending);
}

}  // namespace

TEST_CASE("newcomer: README's commands do what they say in a minimal Debian" *
          doctest::skip(!test_support::is_full_run())) {
  if (geteuid() != 0 || !fs::exists("/usr/bin/systemd-nspawn")) {
    test_support::report_skip(kTest, "needs root and systemd-nspawn");
    return;
  }
  const std::string archive = minimal_debian();
  if (archive.empty()) return;
  Newcomer newcomer(archive);
  two_commands(newcomer);
  existing_installation(newcomer);
  keystore(newcomer);
  packages(newcomer);
  newcomer.line(
      "\n`./dev test` is what CI runs, `./dev package --all` what `./dev test packaging` does.");
}
