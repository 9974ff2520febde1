// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/problem_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QFutureWatcher>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QtConcurrent>
#include <cmath>

#include "app/window/panel_parts.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/readers.h"
#include "core/transport/problem_source.h"

namespace monge {
namespace {

/// A disc around the points, with a tenth of air.
Domain2 discAround(const std::vector<Point2>& points) {
  const Box2 box = domainFor(points).bounds();
  const Point2 middle{(box.xMin + box.xMax) / 2, (box.yMin + box.yMax) / 2};
  double radius = 0;
  for (const Point2 at : points) radius = std::max(radius, norm(at - middle));
  if (radius == 0) radius = std::max(box.width(), box.height()) / 2;
  return Domain2::disc(middle, 1.1 * radius, 1e-4);
}

std::vector<Point2> randomPoints(const Domain2& domain, int count, std::uint64_t seed) {
  Random random(seed);
  const Box2& box = domain.bounds();
  std::vector<Point2> points;
  while (static_cast<int>(points.size()) < count) {
    const Point2 at{random.uniform(box.xMin, box.xMax), random.uniform(box.yMin, box.yMax)};
    if (domain.contains(at)) points.push_back(at);
  }
  return points;
}

std::string required(const std::string& file, const char* what) {
  if (file.empty()) throw Error(what, "no file", "the file to be read");
  return file;
}

Domain2 domainOf(const ProblemWords& words, const std::vector<Point2>& points,
                 const TransportDocument* open) {
  using Domain = ProblemWords::Domain;
  if (words.domain == Domain::Keep && open) return open->problem.domain;
  if (words.domain == Domain::File) return planeDomainNamed(required(words.domainFile, "domain"));
  if (points.empty())
    return words.domain == Domain::DiscAround ? Domain2::disc({0.5, 0.5}, 0.5, 1e-4) : Domain2::square();
  if (words.domain == Domain::Square) return Domain2::square();
  return words.domain == Domain::DiscAround ? discAround(points) : domainFor(points);
}

DensitySource sourceOf(const ProblemWords& words, const Domain2& domain) {
  using Density = ProblemWords::Density;
  if (words.density == Density::Gaussian) return densitySource("gaussian", words.sigma, domain);
  if (words.density == Density::File) return densitySource(required(words.densityFile, "density"), 0, domain);
  return {};
}

/// A density belongs to its domain.
bool keepsDensity(const ProblemWords& words) {
  return words.density == ProblemWords::Density::Keep && words.domain == ProblemWords::Domain::Keep;
}

}  // namespace

TransportDocument documentOf(const ProblemWords& words, const TransportDocument* open) {
  TransportDocument document{{Domain2::square(), {}, {}, {}}, QObject::tr("Random points"), {}, {}, {}};
  std::vector<Point2>& points = document.problem.sites;
  if (words.points == ProblemWords::Points::Keep && open) {
    points = open->problem.sites;
    document.name = open->name;
  } else if (words.points == ProblemWords::Points::File) {
    const std::string file = required(words.pointsFile, "points");
    points = planePoints(readNumbers(file).values, file);
    document.name = QString::fromStdString(std::filesystem::path(file).stem().string());
  }
  const Domain2 domain = domainOf(words, points, open);
  if (words.points == ProblemWords::Points::Random) points = randomPoints(domain, words.count, words.seed);
  document.problem.domain = domain;
  const bool keeps = open && keepsDensity(words);
  document.density = keeps ? open->density : sourceOf(words, domain);
  document.problem.density = keeps ? open->problem.density : makeDensity(document.density, domain);
  if (words.masses == ProblemWords::Masses::File)
    document.problem.masses = massesFrom(required(words.massesFile, "masses"));
  else if (words.masses == ProblemWords::Masses::Keep && words.points == ProblemWords::Points::Keep && open)
    document.problem.masses = open->problem.masses;
  PlaneTransport(document.problem, {}, 1);  // says what is wrong with it
  return document;
}

ProblemDialog::Choice ProblemDialog::addChoice(QFormLayout& form, const QString& name, const QString& head,
                                               const QStringList& choices, const QString& filter) {
  Choice choice;
  choice.box = new QComboBox;
  choice.box->setObjectName(name);
  choice.box->addItems(choices);
  choice.fileIndex = static_cast<int>(choices.indexOf(tr("From a file")));
  choice.file = new QLineEdit;
  choice.file->setObjectName(name + QStringLiteral("File"));
  choice.file->setPlaceholderText(tr("File"));
  choice.file->setAccessibleName(tr("File of the %1").arg(head.toLower()));
  auto* browse = new QPushButton(tr("Browse…"));
  auto* fileRow = new QWidget;
  auto* row = new QHBoxLayout(fileRow);
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(choice.file, 1);
  row->addWidget(browse);
  connect(browse, &QPushButton::clicked, this, [this, file = choice.file, filter] {
    const QString chosen = QFileDialog::getOpenFileName(this, tr("Open"), {}, filter);
    if (!chosen.isEmpty()) file->setText(chosen);
  });
  connect(choice.box, &QComboBox::currentIndexChanged, this, &ProblemDialog::showFields);
  form.addRow(head, choice.box);
  form.addRow(QString(), fileRow);
  return choice;
}

ProblemDialog::ProblemDialog(std::optional<TransportDocument> open, QWidget* parent)
    : QDialog(parent), m_open(std::move(open)) {
  setWindowTitle(tr("Transport problem"));
  auto* form = new QFormLayout(this);
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  const QString file = tr("From a file"), keep = tr("As it is");
  const QString numbers = tr("Numbers (*.csv *.tsv *.txt *.npy *.npz)");
  m_points = addChoice(*form, QStringLiteral("points"), tr("Points"), {tr("As they are"), file, tr("Random")},
                       numbers);
  m_count = new QSpinBox;
  m_count->setObjectName(QStringLiteral("pointCount"));
  m_count->setRange(1, 1000000);
  m_count->setValue(500);
  m_seed = new QSpinBox;
  m_seed->setObjectName(QStringLiteral("pointSeed"));
  m_seed->setRange(0, 1000000000);
  m_seed->setValue(1);
  form->addRow(tr("How many"), m_count);
  form->addRow(tr("Seed"), m_seed);
  m_domain = addChoice(
      *form, QStringLiteral("domain"), tr("Domain"),
      {keep, tr("Square or box around the points"), tr("Unit square"), tr("Disc around the points"), file},
      numbers);
  m_density = addChoice(*form, QStringLiteral("density"), tr("Density"),
                        {keep, tr("Uniform"), tr("Gaussian"), file}, tr("Densities (*.png *.ply)"));
  m_sigma = new QDoubleSpinBox;
  m_sigma->setObjectName(QStringLiteral("densitySigma"));
  m_sigma->setRange(0, 1e6);
  m_sigma->setDecimals(4);
  m_sigma->setSpecialValueText(tr("a quarter of the domain"));
  form->addRow(tr("Standard deviation"), m_sigma);
  m_masses = addChoice(*form, QStringLiteral("masses"), tr("Masses"), {tr("As they are"), tr("Equal"), file},
                       numbers);
  m_problem = mutedLabel();
  m_problem->setObjectName(QStringLiteral("problem"));
  m_problem->setWordWrap(true);
  m_problem->hide();
  form->addRow(m_problem);
  m_buttons = new QDialogButtonBox(QDialogButtonBox::Open | QDialogButtonBox::Cancel);
  connect(m_buttons, &QDialogButtonBox::accepted, this, &ProblemDialog::accept);
  connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  form->addRow(m_buttons);
  if (!m_open) {
    m_points.box->setCurrentIndex(2);
    m_domain.box->setCurrentIndex(1);
    m_density.box->setCurrentIndex(1);
    m_masses.box->setCurrentIndex(1);
  }
  showFields();
  setMinimumWidth(440);
}

/// Only what the choices ask for.
void ProblemDialog::showFields() {
  auto* form = static_cast<QFormLayout*>(layout());
  const auto setShown = [form](QWidget* field, bool shown) {
    field->setVisible(shown);
    if (QWidget* head = form->labelForField(field)) head->setVisible(shown);
  };
  for (const Choice* choice : {&m_points, &m_domain, &m_density, &m_masses})
    if (choice->file)
      choice->file->parentWidget()->setVisible(choice->box->currentIndex() == choice->fileIndex);
  if (!m_masses.box) return;  // still being made
  const bool random = m_points.box->currentIndex() == static_cast<int>(ProblemWords::Points::Random);
  setShown(m_count, random);
  setShown(m_seed, random);
  setShown(m_sigma, m_density.box->currentIndex() == static_cast<int>(ProblemWords::Density::Gaussian));
  adjustSize();
}

ProblemWords ProblemDialog::words() const {
  const auto path = [](const Choice& choice) { return choice.file->text().trimmed().toStdString(); };
  ProblemWords words;
  words.points = static_cast<ProblemWords::Points>(m_points.box->currentIndex());
  words.pointsFile = path(m_points);
  words.count = m_count->value();
  words.seed = static_cast<std::uint64_t>(m_seed->value());
  words.domain = static_cast<ProblemWords::Domain>(m_domain.box->currentIndex());
  words.domainFile = path(m_domain);
  words.density = static_cast<ProblemWords::Density>(m_density.box->currentIndex());
  words.sigma = m_sigma->value();
  words.densityFile = path(m_density);
  words.masses = static_cast<ProblemWords::Masses>(m_masses.box->currentIndex());
  words.massesFile = path(m_masses);
  return words;
}

bool ProblemDialog::keepsPoints() const {
  return m_open && words().points == ProblemWords::Points::Keep;
}

bool ProblemDialog::keepsDensity() const {
  return m_open && monge::keepsDensity(words());
}

/// Files are read and checked away from the GUI thread; the dialog stays open meanwhile, and when they are
/// bad.
void ProblemDialog::accept() {
  struct Made {
    std::optional<TransportDocument> document;
    QString problem;
  };
  m_buttons->button(QDialogButtonBox::Open)->setEnabled(false);
  auto* watcher = new QFutureWatcher<Made>(this);
  connect(watcher, &QFutureWatcher<Made>::finished, this, [this, watcher] {
    watcher->deleteLater();
    Made made = watcher->result();
    m_buttons->button(QDialogButtonBox::Open)->setEnabled(true);
    if (!made.document) {
      m_problem->setText(made.problem);
      m_problem->show();
      return adjustSize();
    }
    m_document = std::move(*made.document);
    QDialog::accept();
  });
  watcher->setFuture(QtConcurrent::run([words = words(), open = m_open]() -> Made {
    try {
      return {documentOf(words, open ? &*open : nullptr), {}};
    } catch (const std::exception& error) {
      return {{}, QString::fromUtf8(error.what())};
    }
  }));
}

}  // namespace monge
