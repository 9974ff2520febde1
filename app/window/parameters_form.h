// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QWidget>
#include <vector>

#include "core/experiment/parameters.h"

class QGridLayout;
class QLabel;
class QSlider;

namespace monge {

/// A parameter's value as its field shows it: "1e-4", "32, 16, 8, 2".
QString parameterText(const ParameterSpec& spec, const nlohmann::json& value);

/// One field of the form: the editor for the parameter's type and a message below it when what was typed is
/// no good.
class ParameterField : public QWidget {
  Q_OBJECT
 public:
  ParameterField(const ParameterSpec& spec, QWidget* parent = nullptr);
  void setValue(const nlohmann::json& value);
  void setProblem(const QString& message);
  /// Quiet words below the field while there is no problem.
  void setNote(const QString& note);
  QString problem() const;
  QWidget* editor() const { return m_editor; }
  /// Where the message appears; the form lays it out below the row, at its whole width.
  QLabel* problemLabel() const { return m_problem; }
  QLabel* noteLabel() const { return m_note; }
  QSlider* slider() const { return m_slider; }  ///< null unless the parameter asks for one

 signals:
  /// `continues`: the slider that gave the last value is still held.
  void edited(const nlohmann::json& value, bool continues);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* makeEditor();
  QWidget* makeChoice();
  QWidget* makeText();
  QWidget* makeChoiceOrShares();
  void makeSlider();
  void takeSlider(int step);
  void takeText(const QString& text);
  void stepBy(int direction);

  ParameterSpec m_spec;
  nlohmann::json m_value;
  QWidget* m_editor = nullptr;
  QLabel* m_problem = nullptr;
  QLabel* m_note = nullptr;
  QSlider* m_slider = nullptr;
  bool m_sliding = false;  ///< the slider has given a value since it was taken hold of
};

/// The form of a method, made from its description. A small orange dot marks what takes effect after a reset;
/// what does not count under the values of others is grey.
class ParametersForm : public QWidget {
  Q_OBJECT
 public:
  explicit ParametersForm(QWidget* parent = nullptr);
  /// Rebuilds the rows when the method is another one, else only sets the values.
  void setMethod(const MethodSpec& method, const nlohmann::json& values);
  void setValue(const QString& key, const nlohmann::json& value);
  void setProblem(const QString& key, const QString& message);
  void setNote(const QString& key, const QString& note);
  /// Labels of parameters whose change waits for a reset.
  void setWaiting(int count);
  ParameterField* field(const QString& key) const { return m_fields.value(key); }

 signals:
  void edited(const QString& key, const nlohmann::json& value, bool continues);
  void resetWanted();

 private:
  void addRow(QGridLayout& grid, const ParameterSpec& spec);
  void rebuild(const MethodSpec& method);
  void greyOut();

  struct Row {
    ParameterSpec spec;
    QLabel* label;
  };
  QString m_method;
  std::vector<Row> m_parameters;
  nlohmann::json m_values = nlohmann::json::object();
  QWidget* m_rows = nullptr;
  QLabel* m_footer;
  QHash<QString, ParameterField*> m_fields;
};

}  // namespace monge
