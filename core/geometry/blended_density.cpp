// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/blended_density.h"

#include <utility>

namespace monge {
namespace {

/// What both dimensions have in common: two densities and the share of the second.
template <class Density>
class Blend {
 public:
  using Ptr = std::shared_ptr<const Density>;

  Blend(Ptr density, Ptr uniform, double share)
      : m_density(std::move(density)), m_uniform(std::move(uniform)), m_share(share) {}

  /// Of an integral that is a number.
  template <class Integral>
  double operator()(const Integral& integral) const {
    return (1 - m_share) * integral(*m_density) + m_share * integral(*m_uniform);
  }
  /// Of one whose parts these members are.
  template <class Moments, class... Members>
  Moments of(const Moments& density, const Moments& uniform, Members... members) const {
    Moments blend;
    ((blend.*members = (1 - m_share) * density.*members + m_share * uniform.*members), ...);
    return blend;
  }

  const Density& density() const { return *m_density; }
  const Density& uniform() const { return *m_uniform; }
  double share() const { return m_share; }

 private:
  Ptr m_density, m_uniform;
  double m_share;
};

class BlendedDensity2 final : public Density2 {
 public:
  explicit BlendedDensity2(Blend<Density2> blend) : m_blend(std::move(blend)) {}

  std::string name() const override { return "blended"; }
  double quadratureError() const override {
    return m_blend([](const Density2& part) { return part.quadratureError(); });
  }
  double at(Point2 point) const override {
    return m_blend([&](const Density2& part) { return part.at(point); });
  }
  double mass(std::span<const Point2> polygon) const override {
    return m_blend([&](const Density2& part) { return part.mass(polygon); });
  }
  Moments2 moments(std::span<const Point2> polygon, Point2 about) const override {
    using M = Moments2;
    return m_blend.of(m_blend.density().moments(polygon, about), m_blend.uniform().moments(polygon, about),
                      &M::mass, &M::x, &M::y, &M::xx, &M::xy, &M::yy);
  }
  double alongSegment(Point2 a, Point2 b) const override {
    return m_blend([&](const Density2& part) { return part.alongSegment(a, b); });
  }

 private:
  Blend<Density2> m_blend;
};

class BlendedDensity3 final : public Density3 {
 public:
  explicit BlendedDensity3(Blend<Density3> blend) : m_blend(std::move(blend)) {}

  std::string name() const override { return "blended"; }
  double quadratureError() const override {
    return m_blend([](const Density3& part) { return part.quadratureError(); });
  }
  double at(Point3 point) const override {
    return m_blend([&](const Density3& part) { return part.at(point); });
  }
  double mass(const ConvexPolyhedron3& polyhedron) const override {
    return m_blend([&](const Density3& part) { return part.mass(polyhedron); });
  }
  double massAndFacets(const ConvexPolyhedron3& polyhedron, std::vector<double>& facets) const override {
    thread_local std::vector<double> ofUniform;
    const double whole = m_blend.density().massAndFacets(polyhedron, facets);
    const double uniform = m_blend.uniform().massAndFacets(polyhedron, ofUniform);
    const double share = m_blend.share();
    for (std::size_t facet = 0; facet < facets.size(); ++facet)
      facets[facet] = (1 - share) * facets[facet] + share * ofUniform[facet];
    return (1 - share) * whole + share * uniform;
  }
  Moments3 moments(const ConvexPolyhedron3& polyhedron) const override {
    using M = Moments3;
    return m_blend.of(m_blend.density().moments(polyhedron), m_blend.uniform().moments(polyhedron), &M::mass,
                      &M::x, &M::y, &M::z, &M::xx, &M::xy, &M::xz, &M::yy, &M::yz, &M::zz);
  }
  double overPolygon(std::span<const Point3> polygon) const override {
    return m_blend([&](const Density3& part) { return part.overPolygon(polygon); });
  }

 private:
  Blend<Density3> m_blend;
};

}  // namespace

Density2Ptr blendedWithUniform(const Domain2& domain, Density2Ptr density, double share) {
  return std::make_shared<BlendedDensity2>(
      Blend<Density2>(std::move(density), uniformDensity(domain), share));
}

Density3Ptr blendedWithUniform(const Domain3& domain, Density3Ptr density, double share) {
  return std::make_shared<BlendedDensity3>(
      Blend<Density3>(std::move(density), uniformDensity(domain), share));
}

}  // namespace monge
