"""Storms: newest fix, forecast, and when their winds reach which city (台风态势)."""

from pipelines.facts.known import Known
from pipelines.nature.storm_cities import seen_from
from pipelines.nature.storm_course import FORCES, Course
from pipelines.nature.storm_tracks import Storm, Track, storms
from yrd.situation.v1.storms_pb2 import StormForecast, StormTrack, StormView


def evaluate(known: Known, as_of_us: int) -> list[StormView]:
    """Storms of which something recent is known, by number."""
    return [_view(storm, as_of_us) for storm in storms(known, as_of_us)]


def _view(storm: Storm, as_of_us: int) -> StormView:
    told = storm.newest.early_warning.typhoon
    tracks = [_track(track, as_of_us) for track in storm.tracks]
    used = {t.fix_message_id for t in tracks} | {t.forecast.message_id for t in tracks}
    return StormView(
        number=storm.number,
        name_zh=told.name_zh,
        name_en=told.name_en,
        tracks=tracks,
        message_ids=sorted({storm.newest.header.message_id, *used} - {""}),
    )


def _track(track: Track, as_of_us: int) -> StormTrack:
    course = Course(track, as_of_us)
    made = StormTrack(
        source=track.source,
        cities=seen_from(course),
        held_forces=[force for force in FORCES if course.is_held(force)],
    )
    if track.observed:
        newest = track.observed[-1]
        made.newest_fix.CopyFrom(newest.fix)
        made.fix_participant = newest.message.stamp.origin
        made.fix_message_id = newest.message.header.message_id
    if track.forecast_message is not None:
        made.forecast.CopyFrom(
            StormForecast(
                issue_time=track.forecast_message.early_warning.issue_time,
                participant=track.forecast_message.stamp.origin,
                message_id=track.forecast_message.header.message_id,
                fixes=track.forecast,
            )
        )
    return made
