// What reviewers saw and heard: results of checklist steps, phone calls, answers to mails.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/ids.h"
#include "policy/products/vocabulary.h"
#include "policy/record_fields.h"
#include "storage/table.h"

namespace policy {

enum class StepOutcome : std::uint8_t { passed = 0, failed, not_applicable };
template <>
inline constexpr std::array<std::string_view, 3> kWords<StepOutcome>{"passed", "failed",
                                                                     "not_applicable"};

/// What was found for one step of a checklist (policy/reviews/checklist.h). A later result replaces
/// an earlier one of the same revision; the audit log and Application::involved keep both people.
struct StepResult {
  std::string step;
  std::uint32_t revision = 0;
  StepOutcome outcome = StepOutcome::passed;
  std::string source;  // of the authority's list of sources, or in words
  std::string url;
  std::optional<DocumentId> snapshot;
  std::string note;
  std::optional<ca::Time> collected_at;  // of the data, when older than `at`; ages count from it
  std::string papers;                    // those that were there, where the step is about them
  PersonId by = PersonId::from_octets({});
  ca::Time at{};

  /// The instant from which its age counts.
  [[nodiscard]] ca::Time counts_from() const { return collected_at.value_or(at); }
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.step);
    walk(2, self.revision);
    walk(3, self.outcome);
    walk(4, self.source);
    walk(5, self.url);
    walk(6, self.snapshot);
    walk(7, self.note);
    walk(8, self.collected_at);
    walk(9, self.by);
    walk(10, self.at);
    walk(11, self.papers);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static StepResult decode(std::string_view bytes) {
    return decode_record<StepResult>("step result", bytes);
  }
  bool operator==(const StepResult&) const = default;
};

enum class CallOutcome : std::uint8_t { confirmed = 0, refused, no_answer, wrong_number };
template <>
inline constexpr std::array<std::string_view, 4> kWords<CallOutcome>{"confirmed", "refused",
                                                                     "no_answer", "wrong_number"};

struct CallRecord {
  std::uint32_t revision = 0;
  std::string number;  // E.164
  ContactSource number_source = ContactSource::applicant;
  std::string source_reference;  // where in the source
  std::string office;            // from where was called (TWT-14)
  CallOutcome outcome = CallOutcome::no_answer;
  std::string person_reached;
  std::vector<std::string> answers;  // to the script, in its order
  std::optional<DocumentId> attachment;
  PersonId by = PersonId::from_octets({});
  ca::Time started_at{};
  ca::Time at{};

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.revision);
    walk(2, self.number);
    walk(3, self.number_source);
    walk(4, self.source_reference);
    walk(5, self.office);
    walk(6, self.outcome);
    walk(7, self.person_reached);
    walk(8, self.answers);
    walk(9, self.attachment);
    walk(10, self.by);
    walk(11, self.started_at);
    walk(12, self.at);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static CallRecord decode(std::string_view bytes) {
    return decode_record<CallRecord>("call", bytes);
  }
  bool operator==(const CallRecord&) const = default;
};

/// ApplicationId octets, revision, step -> result.
inline constexpr storage::Table<StepResult> kStepResults{"step_results"};
/// ApplicationId octets, CallId octets -> call.
inline constexpr storage::Table<CallRecord> kCalls{"calls"};

std::string step_key(const ApplicationId& application,
                     std::uint32_t revision,
                     std::string_view step);
/// The results for one revision, by step.
std::vector<StepResult> steps_of(const storage::Snapshot& snapshot,
                                 const ApplicationId& application,
                                 std::uint32_t revision);
std::vector<CallRecord> calls_of(const storage::Snapshot& snapshot,
                                 const ApplicationId& application);

}  // namespace policy
