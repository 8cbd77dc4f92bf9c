from equipoise.oncology.dosing.surgery_pause import first_dose_day, last_dose_day


def test_seven_days_off_leave_the_eighth_day_before_surgery_as_the_last():
    assert last_dose_day(100, days_off=7) == 92


def test_two_weeks_off_after_surgery_let_the_fourteenth_day_be_the_first():
    assert first_dose_day(100, days_off=14) == 114


def test_part_of_a_day_counts_as_a_whole_one():
    assert last_dose_day(100, days_off=6.5) == 92
    assert first_dose_day(100, days_off=13.1) == 114
