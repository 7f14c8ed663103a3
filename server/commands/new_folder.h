// A folder that appears complete or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/commands/signals_held_back.h"

namespace server {

/// Files are written into a temporary folder beside the target, whose name begins with a dot;
/// publish() puts it in the target's place. What was not published is removed, and a signal waits
/// until then. A target that nothing can take the place of, because it is a mount point or the
/// folder above it belongs to others, is filled instead: file by file, the configuration last. Not
/// thread-safe.
class NewFolder {
 public:
  /// Throws std::runtime_error with one sentence if `target` is neither absent nor an empty folder.
  static void require_free(const std::filesystem::path& target);
  /// Throws what require_free throws, or if nothing can be made beside it or in it. Missing parents
  /// are made.
  explicit NewFolder(std::filesystem::path target);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  enum class Access { everyone_may_read, owner_only };
  /// Writes and syncs one file, mode 0644 or 0600.
  void write(const std::string& name, std::string_view text, Access access);
  /// Makes it visible, mode 0700, and durable. `once_visible` is called in between: from then on
  /// others may rely on what the folder says, also if its durability cannot be had and this throws.
  void publish(const std::function<void()>& once_visible = {});

 private:
  SignalsHeldBack held_back_;
  void replace_target();
  void fill_target();

  std::filesystem::path target_;
  std::filesystem::path work_;
  std::vector<std::string> names_;  // in the order in which they become visible
  std::vector<std::filesystem::path> visible_;
};

/// Writes and syncs one new file, mode 0600: all of it or nothing. Throws std::runtime_error with
/// one sentence, for a file that is there already too.
void write_private_file(const std::filesystem::path& file, std::string_view text);

/// Writes and syncs one file, mode 0644, in one step: whoever reads it meanwhile gets what was
/// there before or all of it. Throws std::runtime_error with one sentence.
void write_public_file(const std::filesystem::path& file, std::string_view text);
/// The same with mode 0600.
void replace_private_file(const std::filesystem::path& file, std::string_view text);

}  // namespace server
