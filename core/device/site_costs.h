// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/snapshot/arrays.h"

namespace monge {

/// A cost c(x, y) of moving a point or an image x to a site y.
struct CostOptions {
  enum class Kind {
    Squared,   ///< |x - y|^2
    Power,     ///< |x - y|_p^p, the sum of |x_i - y_i|^p (Ambrogioni et al. 2019, sec. 9)
    Ssim,      ///< 1 - mean SSIM over the image (Wang, Bovik, Sheikh and Simoncelli 2004)
    Psnr,      ///< 1 - PSNR in decibels; the mean square error counts as at least 1e-10 range^2
    Features,  ///< |f(x) - f(y)|^2 of a network's answers (Ambrogioni et al. 2019, sec. 9)
  };
  Kind kind = Kind::Squared;
  double power = 2;               ///< p of Power, >= 1
  double range = 1;               ///< of Ssim and Psnr: largest less smallest value a pixel may have
  int window = 11;                ///< of Ssim: side in pixels of its Gaussian window of deviation 1.5; odd
  std::filesystem::path network;  ///< of Features: TorchScript; takes n x d, or n x c x h x w for images
  double scale = 1;               ///< of the whole cost, above 0
  double same = 0.1, other = 10;  ///< theta of equal and of different labels (eq. (32)); 1 without labels
};

/// "squared", "power", "ssim", "psnr", "features". @throws Error naming `subject` on another name
CostOptions::Kind costKind(const std::string& name, const std::string& subject);
std::string nameOf(CostOptions::Kind kind);

/// Sites y_j with weights w_j under any cost. The cell of j is where c(x, y_j) - w_j is least (Ambrogioni et
/// al. 2019, eq. (8); power cells for the squared cost).
///
/// Pairs are worked on in tiles, so that memory does not grow with their number. Single precision, but the
/// nearest site of the squared cost is that of double precision: what rounding could confuse is decided
/// again. Not shared between threads; LibTorch's own threads serve.
class CostedSites {
 public:
  /// @param sites   n x d, finite, n >= 1
  /// @param image   shape of a row; needed by Ssim, all 0 for points
  /// @param device  "cpu" or "cuda"
  /// @throws Error naming the option or file, what it is and what was expected
  CostedSites(const CostOptions& options, const RowsF& sites, const ImageShape& image = {},
              const std::string& device = "cpu");
  ~CostedSites();
  CostedSites(CostedSites&&) noexcept;
  CostedSites& operator=(CostedSites&&) noexcept;

  int siteCount() const;
  int dimension() const;

  /// @param weights  n, finite; all 0 before. @throws Error on others
  void setWeights(const VectorD& weights);

  /// No label: a label is a whole number from 0.
  static constexpr int kUnlabelled = -1;
  /// The semi-supervised cost theta(l(x), l(y)) c(x, y) (eq. (32)): each site takes the label of its nearest
  /// labelled point under c.
  /// @param points  labelled ones; labels: as many, each at least 0. @throws Error on others
  void setLabels(const RowsF& points, const std::vector<int>& labels);
  const std::vector<int>& labels() const;  ///< of the sites, or empty

  struct Nearest {
    IndicesI site;                  ///< m: the least c(x, y_j) - w_j; the lowest of equal ones
    VectorD value;                  ///< m: that least value
    std::int64_t decidedAgain = 0;  ///< points whose site single precision left open
  };
  /// @param points  m x d, finite
  /// @param labels  of the points, or empty for none
  /// @return fewer rows when a stop was asked for: those done
  /// @throws Error on another dimension or number of labels, on a cost that is not finite
  Nearest nearest(const RowsF& points, const std::vector<int>& labels = {}, std::stop_token stop = {}) const;

  /// c(x_i, y_j) without weights, m x n: for few pairs.
  RowsF costs(const RowsF& points, const std::vector<int>& labels = {}) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace monge
